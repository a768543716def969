// SPDX-License-Identifier: Apache-2.0

import Glibc
import Support
import Testing

@testable import Linux

@Suite("Datagram")
struct DatagramTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("each is read by itself, with its sender as the kernel knows it")
    func receive() throws {
        let socket = try UnixSocket.datagram(at: folder["notify"])
        try UnixSocket.send("READY=1", to: folder["notify"])
        try UnixSocket.send("", to: folder["notify"])
        let first = try socket.receive(upTo: 100)
        #expect(first.bytes == Array("READY=1".utf8))
        #expect(first.sender.process == getpid())
        #expect(first.sender.state == .running)
        #expect(first.isTruncated == false)
        #expect(try socket.receive(upTo: 100).bytes.isEmpty)
    }

    @Test(
        "one that is longer than asked for is marked, and its rest does not become the next one", arguments: [4, 5, 6])
    func truncated(count: Int) throws {
        let socket = try UnixSocket.datagram(at: folder["notify"])
        try UnixSocket.send("12345", to: folder["notify"])
        try UnixSocket.send("next", to: folder["notify"])
        let datagram = try socket.receive(upTo: count)
        #expect(datagram.bytes == Array("12345".utf8.prefix(count)))
        #expect(datagram.isTruncated == (count < 5))
        #expect(try socket.receive(upTo: 100).bytes == Array("next".utf8))
    }

    @Test("where none has come, it is an error instead of a wait")
    func empty() throws {
        let socket = try UnixSocket.datagram(at: folder["notify"])
        let error = #expect(throws: SystemError.self) { _ = try socket.receive(upTo: 100) }
        #expect(error?.wouldBlock == true)
    }

    @Test("descriptors that come with one are closed with it, and push nothing out")
    func descriptors() throws {
        let socket = try UnixSocket.datagram(at: folder["notify"])
        let pipe = try Pipe()
        let sender = try Descriptor.datagramSocket(at: folder["sender"], mode: 0o600)
        try sender.connect(to: UnixAddress.path(folder["notify"]))
        for count in [1, 2, Packet.mostDescriptors] {
            try sender.send(Array("BARRIER=1".utf8), with: Array(repeating: pipe.writing.rawValue, count: count))
        }
        let reading = pipe.closingWriting()
        for _ in 0..<3 {
            let datagram = try socket.receive(upTo: 100)
            #expect(datagram.sender.process == getpid())
            #expect(datagram.sender.state == .running)
            // As long as it is held, so are they.
            #expect(try !reading.waitUntilReadable(within: .zero))
        }
        #expect(try reading.read(upTo: 1).isEmpty)
    }

    @Test("a sender that has ended is told from one that was reaped, and from its number's next owner")
    func ended() throws {
        let socket = try UnixSocket.datagram(at: folder["notify"])
        let child = try Child(
            "perl -MSocket -e 'socket(S, AF_UNIX, SOCK_DGRAM, 0); send(S, q(READY=1), 0, "
                + "pack_sockaddr_un(q(\(folder["notify"]))))'")
        _ = try child.reap()
        let datagram = try socket.receive(upTo: 100)
        #expect(datagram.bytes == Array("READY=1".utf8))
        #expect(datagram.sender.process > 0)
        #expect(datagram.sender.state == .reaped)
    }
}
