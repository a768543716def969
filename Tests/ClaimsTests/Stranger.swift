// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support

/// A process with an abstract socket that is not of our user, or not beside us: what it says comes from perl, which is
/// part of every Debian system.
final class Stranger {
    /// What sets it apart from us.
    enum Kind: String, Sendable, CaseIterable {
        case ourselves, anotherUser, innerNamespace, container
        /// Another user in an inner PID namespace.
        case both

        /// What comes before its command; `folder` is a container's cgroup.
        fileprivate func prefix(_ folder: String) -> [String] {
            switch self {
            case .ourselves: ["/usr/bin/env"]
            case .anotherUser: ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--groups=\(Stranger.group)"]
            case .innerNamespace: ["/usr/bin/unshare", "--pid", "--fork"]
            case .both: Self.innerNamespace.prefix(folder) + Self.anotherUser.prefix(folder)
            case .container: ["/bin/sh", "-c", "echo $$ >\(folder)/cgroup.procs && exec \"$@\"", "sh"]
            }
        }
    }

    /// The supplementary group of ``Kind/anotherUser``.
    static let group: UInt32 = 65533

    private let cgroup: String?
    private let child: Child
    private let words: Descriptor
    /// The other end of its stdin.
    private var input: Descriptor?

    /// Starts it.
    ///
    /// - Parameter script: Perl, which has to end when its stdin does.
    init(_ kind: Kind, _ script: String) throws {
        // The tree that this machine's processes are told apart by; a cgroup as Docker names it.
        let root = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd"].first(where: Files.exists) ?? "/sys/fs/cgroup"
        let folder = "\(root)/docker-\(Self.id()).scope"
        cgroup = kind == .container ? folder : nil
        if let cgroup { try Files.makeFolder(cgroup) }
        let pipe = try Pipe()
        let stdin = try Pipe()
        let command = kind.prefix(folder) + ["/usr/bin/perl", "-e", Self.prelude + script]
        child = try Child(
            command[0], Array(command.dropFirst()), environment: ["PATH=/usr/bin:/bin"],
            descriptors: [stdin.reading.rawValue, pipe.writing.rawValue, 2])
        words = pipe.closingWriting()
        input = try Descriptor.duplicate(of: stdin.writing.rawValue)
    }

    deinit {
        input = nil
        // Whoever waits for it ends after it.
        _ = try? child.reap()
        if let cgroup { _ = rmdir(cgroup) }
    }

    /// Its next words; none once it has ended.
    func says() throws -> String { String(decoding: try words.read(upTo: 4096), as: UTF8.self) }

    private static let prelude = """
        use Socket; $| = 1;
        sub address { pack("S a*", AF_UNIX, "\\0$_[0]") }
        sub made { socket(my $socket, AF_UNIX, SOCK_SEQPACKET, 0) or die "socket: $!"; $socket }

        """

    /// As long as a container's, and nobody else's.
    private static func id() -> String {
        (0..<4).map { _ in
            let digits = String(UInt64.random(in: 0 ... .max), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
