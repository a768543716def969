// SPDX-License-Identifier: Apache-2.0

internal import Console
internal import Glibc
internal import Linux
internal import Systemd

/// A line on our terminal that shows how far it has come.
@LoopActor
final class ProgressBar {
    static let interval: UInt64 = 200_000
    private var last: UInt64 = 0
    private var isShown = false

    func draw(_ progress: PullProgress, _ name: String, at time: UInt64) {
        guard time - last >= Self.interval, let size = windowSize(of: STDERR_FILENO) else { return }
        last = time
        isShown = true
        write("\r\(progress.bar(name, columns: size.columns == 0 ? 80 : size.columns))\u{1B}[K")
    }

    func clear() {
        if isShown { write("\r\u{1B}[K") }
        isShown = false
    }

    private func write(_ text: String) {
        Console.shared.write(Array(text.utf8)[...], to: .error)
    }
}
