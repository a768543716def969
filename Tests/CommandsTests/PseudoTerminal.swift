// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Testing

// Declared under _XOPEN_SOURCE only, without which Swift's Glibc module is built (pts(4)).
@_silgen_name("unlockpt") private func unlockpt(_ descriptor: Int32) -> Int32
@_silgen_name("ptsname") private func ptsname(_ descriptor: Int32) -> UnsafePointer<CChar>?

/// A terminal of a test's own.
final class PseudoTerminal: Sendable {
    /// The end with screen and keys.
    let screen: Descriptor
    /// The end that programs have.
    let line: Descriptor

    init() throws {
        let screen = Descriptor(
            owning: try system("open", on: "/dev/ptmx") { open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC) })
        try system("unlockpt", on: "terminal") { unlockpt(screen.rawValue) }
        let path = ptsname(screen.rawValue).map { String(cString: $0) } ?? "/dev/pts"
        line = Descriptor(
            owning: try system("open", on: path) { open(path, O_RDWR | O_NOCTTY | O_CLOEXEC) })
        self.screen = screen
    }

    /// What stty(1) says of it.
    var settings: String {
        get throws {
            let folder = try TemporaryFolder()
            let output = Descriptor(
                owning: try system("open", on: "output") { open(folder["output"], O_RDWR | O_CREAT | O_CLOEXEC, 0o600) }
            )
            let stty = try Child(
                "/bin/stty", ["--all"], environment: [], descriptors: [line.rawValue, output.rawValue, output.rawValue])
            #expect(try stty.reap() == .exited(0))
            return try Files.text(folder["output"])
        }
    }

    /// Whether keys go to the program as they are pressed.
    var isRaw: Bool { get throws { try settings.contains(" -icanon") } }

    /// Gives its window another size; the kernel then signals who is in its foreground.
    func resize(rows: Int, columns: Int) throws {
        let stty = try Child(
            "/bin/stty", ["rows", "\(rows)", "cols", "\(columns)"], environment: [], descriptors: [line.rawValue])
        #expect(try stty.reap() == .exited(0))
    }

    func type(_ keys: String) throws {
        try system("write", on: "terminal") { write(screen.rawValue, keys, keys.utf8.count) }
    }
}
