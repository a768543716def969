// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Testing

@testable import Claims

@Suite("Trust", .timeLimit(.minutes(1)))
struct TrustTests {
    private let folder: TemporaryFolder
    /// A name that no other test has at the abstract address.
    private let name: String

    init() throws {
        folder = try TemporaryFolder()
        name = "systemd-docker-test/\(folder.path)"
    }

    /// Lets a process connect to us, and looks at it as long as it lives.
    private func look<Result>(at kind: Stranger.Kind, _ body: (borrowing Peer) throws -> Result) throws -> Result {
        let listener = try Descriptor.listening(at: .abstract(name))
        let stranger = try Stranger(
            kind, "my $socket = made(); connect($socket, address('\(name)')) or die $!; print 'up'; <STDIN>;")
        #expect(try stranger.says() == "up")
        let connection = try listener.accept()
        let result = try body(try Peer(of: connection))
        withExtendedLifetime(stranger) {}
        return result
    }

    @Test("a runtime at the abstract address is of our user, in our PID namespace and in no container")
    func runtimes() throws {
        for kind in Stranger.Kind.allCases {
            #expect(try look(at: kind, Address.abstract.isRuntime) == (kind == .ourselves), "\(kind)")
        }
    }

    @Test("in a folder only the user counts: nobody else may enter it")
    func folders() throws {
        for kind in Stranger.Kind.allCases {
            #expect(
                try look(at: kind, Address.folder("/run/x").isRuntime) == ![.anotherUser, .both].contains(kind),
                "\(kind)")
        }
    }

    @Test("a supervisor may be in the group that may write to root's socket, and a container's process is none")
    func supervisors() throws {
        let path = folder["docker.sock"]
        let socket = try UnixSocket.stream(at: path)
        func isSupervisor(_ kind: Stranger.Kind, _ path: String) throws -> Bool {
            try look(at: kind) { Address.abstract.isSupervisor($0, dockerSocket: path) }
        }
        for kind in Stranger.Kind.allCases {
            #expect(try isSupervisor(kind, folder["none"]) == (kind == .ourselves), "\(kind)")
        }
        func set(_ owner: uid_t, _ group: gid_t, _ mode: mode_t) {
            #expect(chown(path, owner, group) == 0 && chmod(path, mode) == 0)
        }
        // Each time one thing is wrong with the socket.
        for (owner, group, mode) in [(0, Stranger.group, 0o640), (1, Stranger.group, 0o660), (0, 1, 0o660)]
            as [(uid_t, gid_t, mode_t)]
        {
            set(owner, group, mode)
            #expect(try !isSupervisor(.anotherUser, path), "\(owner):\(group) \(mode)")
        }
        set(0, Stranger.group, 0o660)
        #expect(try isSupervisor(.anotherUser, path))
        #expect(try !isSupervisor(.both, path))
        #expect(
            try !look(at: .anotherUser) { Address.folder("/run/x").isSupervisor($0, dockerSocket: path) })
        try Files.replace(folder["file"], with: "")
        #expect(chown(folder["file"], 0, Stranger.group) == 0 && chmod(folder["file"], 0o660) == 0)
        #expect(try !isSupervisor(.anotherUser, folder["file"]))
        withExtendedLifetime(socket) {}
    }

    @Test("what a stranger asks of a claim is not answered", arguments: [Stranger.Kind.ourselves, .anotherUser])
    func questions(kind: Stranger.Kind) throws {
        let id = try Self.randomID()
        let claim = try Claim(of: id.text, at: .abstract)
        let question = Question(container: id.text, first: 0).packet.map { "\\x\(String($0, radix: 16))" }
        // In hexadecimal a byte below 16 has one digit, which perl takes as well: "\x{a}".
        let text = question.map { "\\x{\($0.dropFirst(2))}" }.joined()
        let stranger = try Stranger(
            kind,
            """
            my $socket = made(); connect($socket, address('systemd-docker/claims/\(id.text)')) or die $!;
            print 'up'; syswrite($socket, "\(text)"); print 'answer of ', sysread($socket, my $answer, 4096) // -1;
            """)
        #expect(try stranger.says() == "up")
        let stop = try Pipe()
        let server = Server(claim: claim, stop: stop.reading.rawValue)
        let thread = try PosixThread { server.run() }
        defer {
            _ = write(stop.writing.rawValue, "x", 1)
            thread.join()
        }
        let words = try stranger.says()
        #expect(words.hasPrefix("answer of "))
        let isNothing = words == "answer of 0" || words == "answer of -1"
        #expect(isNothing == (kind != .ourselves), "\(words)")
    }

    /// One that nobody else has.
    private static func randomID() throws -> ContainerID {
        try #require(ContainerID((0..<64).map { _ in String(UInt8.random(in: 0..<16), radix: 16) }.joined()))
    }

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

    @Test("a stranger that listens at an abstract name has claimed nothing, and owns nothing")
    func listeners() throws {
        let id = try Self.randomID()
        let subject = Subject(container: "web", engine: folder.path)
        for (name, kind) in [
            "systemd-docker/claims/\(id.text)", "systemd-docker/owners/\(subject.fileName)",
        ].flatMap({ name in Stranger.Kind.allCases.map { (name, $0) } }) {
            let stranger = try Stranger(
                kind,
                """
                my $socket = made(); bind($socket, address('\(name)')) or die $!; listen($socket, 5) or die $!;
                print 'up'; <STDIN>;
                """)
            #expect(try stranger.says() == "up")
            let isBelieved = kind == .ourselves
            if name.contains("claims") {
                #expect(try (Claimer.find(of: id, at: [.abstract]) != nil) == isBelieved, "\(kind)")
            } else {
                #expect(try (Owner.find(of: subject, at: [.abstract]) != nil) == isBelieved, "\(kind)")
            }
            withExtendedLifetime(stranger) {}
        }
    }
}
