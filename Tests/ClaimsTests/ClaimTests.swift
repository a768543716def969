// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Testing

@testable import Claims

@Suite("Claim")
struct ClaimTests {
    private static let id = String(repeating: "0123456789abcdef", count: 4)
    private let folder: TemporaryFolder
    private let address: Address

    init() throws {
        folder = try TemporaryFolder()
        address = .folder(folder["claims"])
    }

    /// Asks a claim that is served meanwhile.
    private func ask(_ claim: Claim, of id: String = ClaimTests.id) throws -> ReceivedOffer {
        let stop = try Pipe()
        let server = Server(claim: claim, stop: stop.reading.rawValue)
        let thread = try PosixThread { server.run() }
        defer {
            _ = write(stop.writing.rawValue, "x", 1)
            thread.join()
        }
        let id = try #require(ContainerID(id))
        guard let claimer = try Claimer.find(of: id, at: [address]) else { throw Unclaimed() }
        #expect(claimer.process == getpid())
        return try claimer.ask()
    }

    private struct Unclaimed: Error {}

    /// Serves a claim until it is told to stop; only its thread touches the claim.
    private struct Server: @unchecked Sendable {
        let claim: Claim
        let stop: Int32

        func run() {
            while true {
                var ready = [claim.descriptor.rawValue, stop].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
                poll(&ready, 2, -1)
                if ready[1].revents != 0 { return }
                claim.serve()
            }
        }
    }

    /// The file of a descriptor.
    private static func file(_ descriptor: Int32) -> UInt64 {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? UInt64(status.st_ino) : 0
    }

    private static func isClosedOnExec(_ descriptor: Int32) -> Bool { fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0 }

    @Test("a container that was not claimed has no claimer")
    func unclaimed() throws {
        let id = try #require(ContainerID(Self.id))
        #expect(try Claimer.find(of: id, at: [address, .abstract]) == nil)
    }

    @Test(
        "gives every socket with its name, in order, and the output", arguments: [0, 1, 251, 252, 253, 254, 507],
        [false, true])
    func gives(sockets count: Int, output handsOutput: Bool) throws {
        var pipes: [Box] = []
        for _ in 0..<count + 2 { pipes.append(Box(try Pipe())) }
        var offer = Offer()
        offer.sockets = (0..<count).map {
            Offer.Socket(name: $0 == 0 ? "" : "socket \($0) ä", descriptor: pipes[$0].pipe.reading.rawValue)
        }
        if handsOutput {
            offer.output = Offer.Output(
                stdout: pipes[count].pipe.writing.rawValue, stderr: pipes[count + 1].pipe.writing.rawValue)
        }
        let claim = try Claim(of: Self.id, at: address, offering: offer)
        var answer = try ask(claim)
        let (sockets, output) = answer.takeDescriptors()
        defer { for number in sockets + (output.map { [$0.stdout, $0.stderr] } ?? []) { close(number) } }
        #expect(answer.names == offer.sockets.map(\.name))
        #expect(sockets.map(Self.file) == offer.sockets.map { Self.file($0.descriptor) })
        #expect(sockets.allSatisfy(Self.isClosedOnExec))
        #expect(output.map { Self.file($0.stdout) } == offer.output.map { Self.file($0.stdout) })
        #expect(output.map { Self.file($0.stderr) } == offer.output.map { Self.file($0.stderr) })
    }

    private final class Box {
        let pipe: Pipe
        init(_ pipe: consuming Pipe) { self.pipe = pipe }
    }

    @Test("is answered over an abstract name, too")
    func abstract() throws {
        let claim = try Claim(of: Self.id, at: .abstract)
        #expect(throws: ClaimError.self) { try Claim(of: Self.id, at: .abstract) }
        let id = try #require(ContainerID(Self.id))
        #expect(try Claimer.find(of: id, at: [address, .abstract])?.process == getpid())
        claim.close()
    }

    @Test("a folder that others can enter is closed to them, and a link in its place is refused, wherever it leads")
    func foreignFolders() throws {
        let address = Address.folder(folder["systemd-docker/claims"])
        for name in ["systemd-docker", "elsewhere"] {
            try Files.makeFolder(folder[name])
            #expect(chmod(folder[name], 0o777) == 0)
        }
        #expect(symlink(folder["elsewhere"], folder["systemd-docker/claims"]) == 0)
        let error = #expect(throws: ClaimError.self) { try Claim(of: Self.id, at: address) }
        #expect(
            error?.description
                == "\(folder["systemd-docker/claims"]) is not a folder "
                + "(a link is not followed). Remove it")
        #expect(try Files.names(in: folder["elsewhere"]).isEmpty)
        var status = stat()
        #expect(stat(folder["systemd-docker"], &status) == 0)
        #expect(status.st_mode & 0o777 == 0o700)
    }

    @Test("makes folders that no other user can enter, and leaves no file in them")
    func folders() throws {
        let address = Address.folder(folder["systemd-docker/claims"])
        let claim = try Claim(of: Self.id, at: address)
        for name in ["systemd-docker", "systemd-docker/claims"] {
            var status = stat()
            #expect(stat(folder[name], &status) == 0)
            #expect(status.st_mode & 0o777 == 0o700)
        }
        #expect(try Files.names(in: folder["systemd-docker/claims"]) == [Self.id])
        claim.close()
        #expect(try Files.names(in: folder["systemd-docker/claims"]) == [])
    }

    @Test("a folder in which no socket could have an address is refused")
    func tooDeep() throws {
        let deep = Address.folder(folder["claims-\(String(repeating: "x", count: 30))"])
        let error = #expect(throws: ClaimError.self) { try Claim(of: Self.id, at: deep) }
        #expect(error?.description.hasSuffix(": File name too long") == true)
        let id = try #require(ContainerID(Self.id))
        #expect(try Claimer.find(of: id, at: [deep]) == nil)
    }

    @Test("a socket that was left is removed, and the container is not claimed")
    func leftBehind() throws {
        try Files.makeFolder(folder["claims"])
        do { _ = try Descriptor.listening(at: .path(folder["claims/\(Self.id)"])) }
        let id = try #require(ContainerID(Self.id))
        #expect(try Claimer.find(of: id, at: [address]) == nil)
        #expect(try Files.names(in: folder["claims"]) == [])
    }

    @Test("replaces a socket that was left, but not another claim")
    func again() throws {
        try Files.makeFolder(folder["claims"])
        do { _ = try Descriptor.listening(at: .path(folder["claims/\(Self.id)"])) }
        let claim = try Claim(of: Self.id, at: address)
        let error = #expect(throws: ClaimError.self) { try Claim(of: Self.id, at: address) }
        #expect(
            error?.description
                == "another process has claimed it: it listens on \(folder["claims/\(Self.id)"])")
        #expect(try ask(claim).names == [])
    }

    @Test("clears away what killed supervisors have left, and no claim of one that lives")
    func sweep() throws {
        try Files.makeFolder(folder["claims"])
        let others = ["a", "b"].map { String(repeating: $0, count: 64) }
        do { _ = try Descriptor.listening(at: .path(folder["claims/\(others[0])"])) }
        let living = try Claim(of: others[1], at: address)
        let claim = try Claim(of: Self.id, at: address)
        #expect(try Files.names(in: folder["claims"]).sorted() == [Self.id, others[1]])
        #expect(try ask(claim).names == [])
        #expect(try ask(living, of: others[1]).names == [])
    }

    @Test(
        "only a full ID can be claimed", arguments: ["", "0123456789ab", "../\(id.dropFirst(3))", "\(id.dropLast())G"])
    func ids(text: String) {
        #expect(ContainerID(text) == nil)
        let error = #expect(throws: ClaimError.self) { try Claim(of: text, at: address) }
        #expect(error?.description == "\"\(text)\" is not a full container ID")
    }

    @Test(
        "the connection of a process that does not ask a question is closed, and others are answered",
        arguments: [
            "", "GET / HTTP/1.1\r\n", "systemd-docker claim 1\0\(id)\0-1\0", "systemd-docker claim 1\0\(id)\0\u{31}",
            "systemd-docker claim 1\0\(id)\0007\0", "systemd-docker claim 2\0\(id)\00\0",
            "systemd-docker claim 1\0\(String(id.reversed()))\00\0", String(repeating: "x", count: 300),
        ])
    func noQuestion(text: String) throws {
        let claim = try Claim(of: Self.id, at: address)
        let connection = try Descriptor.connected(to: .path(folder["claims/\(Self.id)"]))
        try connection.send(Array(text.utf8))
        claim.serve()
        claim.serve()
        #expect(try connection.receivePacket(upTo: 100).isEnd)
        #expect(try ask(claim).names == [])
    }

    @Test("a process that does not ask does not keep others waiting")
    func slow() throws {
        let claim = try Claim(of: Self.id, at: address)
        let connection = try Descriptor.connected(to: .path(folder["claims/\(Self.id)"]))
        claim.serve()
        claim.serve()
        #expect(try ask(claim).names == [])
        try connection.send(Question(container: Self.id, first: 0).packet)
        claim.serve()
        #expect(Reply(try connection.receivePacket(upTo: 1000).bytes)?.total == 0)
    }

    @Test(
        "an answer that is none is an error with its reason",
        arguments: [
            ("", "it closed the connection"),
            ("HTTP/1.1 400 Bad Request", notUnderstood),
            ("systemd-docker claim 1\0\(id)\00\0\u{31}\0http\0", notUnderstood),
            ("systemd-docker claim 1\0\(id)\0\u{31}\0\u{31}\0", notUnderstood),
            ("systemd-docker claim 1\0\(String(id.reversed()))\00\00\0", notUnderstood),
            ("systemd-docker claim 1\0\(id)\00\00", notUnderstood),
            (
                String(repeating: "x", count: Reply.longest + 1),
                "it passes more descriptors than this process may open (LimitNOFILE=)"
            ),
        ])
    func noAnswer(text: String, what: String) throws {
        try Files.makeFolder(folder["claims"])
        let listener = try Descriptor.listening(at: .path(folder["claims/\(Self.id)"]))
        let id = try #require(ContainerID(Self.id))
        guard let claimer = try Claimer.find(of: id, at: [address]) else { throw Unclaimed() }
        let error: ClaimError?
        if text.isEmpty {
            do { _ = try listener.accept() }
            error = #expect(throws: ClaimError.self) { _ = try claimer.ask() }
        } else {
            let connection = try listener.accept()
            try connection.send(Array(text.utf8))
            error = #expect(throws: ClaimError.self) { _ = try claimer.ask() }
        }
        #expect(
            error?.description == "cannot ask process \(getpid()), the supervisor of container 0123456789ab: \(what)")
    }

    private static let notUnderstood = "the answer is not understood; it may be of another release"

    @Test("who does not answer is waited for only so long")
    func hangs() throws {
        let claim = try Claim(of: Self.id, at: address)
        let id = try #require(ContainerID(Self.id))
        guard let claimer = try Claimer.find(of: id, at: [address]) else { throw Unclaimed() }
        let error = #expect(throws: ClaimError.self) { _ = try claimer.ask(within: .zero) }
        #expect(error?.description.hasSuffix(": no answer within 0 seconds") == true)
        claim.close()
    }
}
