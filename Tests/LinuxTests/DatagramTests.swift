// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Testing

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
        #expect(first.sender == getpid())
        #expect(!first.isTruncated)
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

    @Test("where there is none, it says so instead of waiting")
    func empty() throws {
        let socket = try UnixSocket.datagram(at: folder["notify"])
        let error = #expect(throws: SystemError.self) { try socket.receive(upTo: 100) }
        #expect(error?.wouldBlock == true)
    }
}
