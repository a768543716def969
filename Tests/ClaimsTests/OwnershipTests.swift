// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Testing

@testable import Claims

@Suite("Ownership")
struct OwnershipTests {
    private let folder: TemporaryFolder
    private let address: Address

    init() throws {
        folder = try TemporaryFolder()
        address = .folder(folder["systemd-docker/owners"])
    }

    /// A name that no other test has at the abstract address.
    private var name: Subject { Subject(container: "web", engine: folder.path) }

    private func take(_ subject: Subject, at address: Address) throws -> Ownership? {
        switch try Ownership.take(of: subject, at: address) {
        case .taken(let ownership): return ownership
        case .refused(let owner):
            #expect(owner.process == getpid())
            return nil
        }
    }

    @Test("what is owned is refused to the next, over either address, until it is given up")
    func exclusive() throws {
        for (first, second) in [(address, address), (address, .abstract), (.abstract, address), (.abstract, .abstract)]
        {
            var ownership = try take(name, at: first)
            #expect(ownership != nil)
            for _ in 0..<3 { #expect(try take(name, at: second) == nil) }
            #expect(try Owner.find(of: name, at: [second, .abstract])?.process == getpid())
            #expect(try take(Subject(container: "another", engine: folder.path), at: second) != nil)
            #expect(try take(Subject(container: "web", engine: folder.path + "/of-another-engine"), at: second) != nil)
            withExtendedLifetime(ownership) {}
            ownership = nil
            #expect(try Owner.find(of: name, at: [second, .abstract]) == nil)
            #expect(try take(name, at: second) != nil)
        }
    }

    @Test("its folder is for our user alone, and nothing stays in it")
    func tidy() throws {
        let ownership = try take(name, at: address)
        for name in ["systemd-docker", "systemd-docker/owners"] {
            var status = stat()
            #expect(stat(folder[name], &status) == 0)
            #expect(status.st_mode & 0o777 == 0o700)
        }
        #expect(try Files.names(in: folder["systemd-docker/owners"]).count == 1)
        ownership?.close()
        #expect(try Files.names(in: folder["systemd-docker/owners"]) == [])
    }

    @Test("the socket of an owner that was killed counts for nothing, and goes with the next start")
    func leftBehind() throws {
        try Address.makeFolder(folder["systemd-docker/owners"])
        let former = [name, Subject(container: "other", engine: folder.path)].map {
            folder["systemd-docker/owners/\($0.fileName)"]
        }
        for path in former { _ = try Descriptor.listening(at: .path(path)) }
        #expect(try Owner.find(of: name, at: [address, .abstract]) == nil)
        let ownership = try #require(try take(name, at: address))
        #expect(try Files.names(in: folder["systemd-docker/owners"]) == [name.fileName])
        ownership.close()
    }

    @Test("the connections of those that ask are closed, so that the queue never fills")
    func serves() throws {
        let ownership = try #require(try take(name, at: .abstract))
        let asked = try Descriptor.connected(to: Address.abstract.socket(of: name))
        var ready = pollfd(fd: ownership.descriptor.rawValue, events: Int16(POLLIN), revents: 0)
        #expect(poll(&ready, 1, 5000) == 1)
        ownership.serve()
        #expect(try asked.waitUntilReadable(within: .seconds(5)))
        #expect(poll(&ready, 1, 0) == 0)
    }

    @Test(
        "a name is a file's name, whatever it is made of",
        arguments: ["a", "../../etc", "web@1/\n", String(repeating: "é", count: 300)])
    func fileName(text: String) {
        let file = Subject(container: text, engine: "/run/docker.sock").fileName
        #expect(file.utf8.count <= 57)
        #expect(!file.contains("/") && !file.hasPrefix("."))
        #expect(file != Subject(container: text + "x", engine: "/run/docker.sock").fileName)
    }
}
