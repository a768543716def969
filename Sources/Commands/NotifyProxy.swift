// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Linux
internal import Systemd

/// The socket through which a container's own sd_notify(3) messages reach the service manager.
///
/// The manager takes messages from the unit's main process alone (`NotifyAccess=main`), and that is us. So the container
/// gets a socket of ours, and what it may say is passed on.
@LoopActor
final class NotifyProxy {
    /// Where the socket stands in the container.
    static let pathInContainer = "/run/systemd-docker/notify"
    /// What a service may say of itself; MAINPID=, FDSTORE= and NOTIFYACCESS= would give the unit out of our hands.
    private nonisolated static let passed = [
        "READY", "RELOADING", "MONOTONIC_USEC", "STOPPING", "STATUS", "ERRNO", "WATCHDOG", "EXTEND_TIMEOUT_USEC",
    ]
    /// The longest message that the manager itself reads (NOTIFY_BUFFER_MAX of systemd).
    private static let longestMessage = 4096

    /// The socket's path on the host.
    let path: String
    private let folder: String
    private let socket: Descriptor
    private var source: EventSource?
    private var receiver: (() -> Bool)?
    /// What was complained of: once each, and no more than a few, whatever a container thinks up.
    private var complaints: Set<String> = []
    private static let mostComplaints = 16

    /// Makes the socket.
    ///
    /// - Parameters:
    ///   - folder: where it may stand; nobody else but root, or our own user, may enter.
    ///   - name: the container's.
    init(in folder: String, name: String) throws(SystemError) {
        self.folder = folder + "/" + name
        path = self.folder + "/notify"
        let path = path
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw SystemError(call: "bind", subject: path, code: ENAMETOOLONG)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        try Files.makeFolder(folder, mode: 0o700)
        try Files.makeFolder(self.folder, mode: 0o700)
        // A run that was killed may have left it; or Docker has made a folder of it, for a container that was started
        // by hand after the last run.
        if Files.isFolder(path) { try Files.removeFolder(path) } else { try Files.remove(path) }
        socket = Descriptor(
            owning: try system("socket", on: path) {
                Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            })
        let number = socket.rawValue
        try system("bind", on: path) {
            withUnsafePointer(to: address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
        }
        // Any user of the container may send: the folder around it keeps the host's users out.
        try system("chmod", on: path) { chmod(path, 0o666) }
        var on: Int32 = 1
        try system("setsockopt", on: path) {
            setsockopt(number, SOL_SOCKET, SO_PASSCRED, &on, socklen_t(MemoryLayout.size(ofValue: on)))
        }
    }

    /// Passes messages on, from senders that are in the container.
    ///
    /// - Parameters:
    ///   - isInContainer: `nil` where the process is gone already and nothing can be said of it.
    ///   - complain: hears once of each kind of message that is not passed on.
    func listen(
        isInContainer: @escaping (_ process: Int32) -> Bool?, pass: @escaping (_ fields: [String]) -> Void,
        complain: @escaping (_ of: String) -> Void
    ) throws(SystemError) {
        receiver = { [weak self] in
            self?.receive(isInContainer: isInContainer, pass: pass, complain: complain) ?? false
        }
        // After docker restart it is watched already, for the last process: epoll takes a descriptor once (EEXIST).
        source = nil
        source = try EventLoop.shared.watch(socket.rawValue, for: .readable) { [weak self] _ in
            _ = self?.receiver?()
        }
    }

    /// Takes up what has come by now: its sender may have ended since, and we may be about to.
    func drain() {
        // The kernel queues a few (net.unix.max_dgram_qlen); a sender that never ends must not keep us here.
        var left = 1000
        while left > 0, receiver?() ?? false { left -= 1 }
    }

    /// Removes the socket.
    func close() {
        source = nil
        // Both are gone with the next boot at the latest: they stand in /run.
        try? Files.remove(path)
        try? Files.removeFolder(folder)
    }

    /// Takes up one message; `false` where there is none.
    ///
    /// Descriptors that come with it are closed by the kernel, for there is no room for them: that is also all that a
    /// `BARRIER=1` waits for.
    private func receive(
        isInContainer: (Int32) -> Bool?, pass: ([String]) -> Void, complain: (String) -> Void
    ) -> Bool {
        guard let message = try? socket.receive(upTo: Self.longestMessage) else { return false }
        func note(_ complaint: String) {
            guard complaints.count < Self.mostComplaints, complaints.insert(complaint).inserted else { return }
            complain(complaint)
        }
        // A sender that is gone was in the container too: only its mount namespace and root's have the socket.
        guard isInContainer(message.sender) ?? true else {
            note("a message of a process that is not in the container")
            return true
        }
        guard !message.isTruncated else {
            note("a message of more than \(Self.longestMessage) bytes")
            return true
        }
        let (passed, dropped) = Self.read(message.bytes)
        for name in dropped { note("\(name)=") }
        if !passed.isEmpty { pass(passed) }
        return true
    }

    /// The fields of a message that a container may send to the manager, and the names of those that it may not.
    ///
    /// Read as the manager reads them: byte by byte, for \r\n is a single Character and hides the next field; both end
    /// a line; a zero byte spoils the message, but for one at its end.
    nonisolated static func read(_ message: [UInt8]) -> (passed: [String], dropped: [String]) {
        let text = message.last == 0 ? message.dropLast() : message[...]
        var (passed, dropped): ([String], [String]) = ([], [])
        guard !text.contains(0) else { return (passed, dropped) }
        for line in text.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = line[..<equals]
            if Self.passed.contains(where: { $0.utf8.elementsEqual(name) }) {
                if let field = String(validating: line, as: UTF8.self) { passed.append(field) }
            } else if !"BARRIER".utf8.elementsEqual(name) {
                dropped.append(String(decoding: name.prefix(40), as: UTF8.self))
            }
        }
        return (passed, dropped)
    }
}
