// SPDX-License-Identifier: Apache-2.0

internal import Systemd

/// How long nothing has come.
@LoopActor
final class Silence {
    private let longest: UInt64
    private var last: UInt64 = 0
    private var source: EventSource?
    private(set) var wasTooLong = false

    init(longest: UInt64) { self.longest = longest }

    func heard() { last = Clock.microseconds }

    /// Calls `handler` once it has lasted too long.
    func begin(_ handler: @escaping () -> Void) {
        heard()
        wait(longest, handler)
    }

    /// One timer for as long as it may last, not one for each line.
    private func wait(_ time: UInt64, _ handler: @escaping () -> Void) {
        source = try? EventLoop.shared.after(.microseconds(time)) { [weak self] in
            guard let self else { return }
            let now = Clock.microseconds - last
            if now < longest { return wait(longest - now, handler) }
            wasTooLong = true
            handler()
        }
    }

    func end() { source = nil }
}
