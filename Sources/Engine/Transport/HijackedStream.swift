// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Linux
public import Systemd

/// A connection that carries a container's stdin, stdout and stderr.
///
/// The API calls it hijacking: after the response's header the bytes are no longer HTTP. A response that is only read
/// comes the same way if it is requested with HTTP/1.0: it is not chunked then (RFC 9112, 6.1) and ends with the
/// connection.
@LoopActor
public final class HijackedStream {
    private let connection: Descriptor
    // A second descriptor of the connection: a read and a write may wait at the same time, and epoll(7) takes each
    // descriptor only once.
    private let writing: Descriptor
    private var unread: [UInt8] = []

    /// Sends the request and reads the header of the response.
    ///
    /// - Parameters:
    ///   - connection: A connection to the Engine that has carried nothing yet.
    ///   - request: What to send.
    ///   - version: The version of the API, as it stands in the path.
    ///   - upgrades: Whether to ask for a two-way stream (101); otherwise the body is read only.
    /// - Throws: ``EngineError``, also for a refusal.
    init(
        _ connection: consuming Descriptor, _ request: Request, version: String, upgrades: Bool
    ) async throws(EngineError) {
        let call = request.call
        do throws(SystemError) {
            writing = try Descriptor.duplicate(of: connection.rawValue)
        } catch {
            throw .cut(call: call, reason: "\(error)")
        }
        self.connection = connection
        do {
            try self.connection.setNonBlocking()
            let body = request.body ?? []
            let upgrade = upgrades ? "Connection: Upgrade\r\nUpgrade: tcp\r\n" : ""
            try await write(
                Array(
                    """
                    \(request.method.rawValue) /v\(version)\(request.target) HTTP/\(upgrades ? "1.1" : "1.0")\r
                    Host: docker\r
                    \(upgrade)\(body.isEmpty ? "" : "Content-Type: application/json\r\n")\
                    Content-Length: \(body.count)\r
                    \r\n
                    """.utf8) + body)
            let answer = try await EventLoop.shared.within(Request.defaultTimeout) {
                try await self.readAnswer(to: request)
            }
            guard let answer else { throw EngineError.timedOut(call: call, after: Request.defaultTimeout) }
            if answer.status >= 400 { throw Response.refusal(status: answer.status, body: answer.body, of: request) }
        } catch let error as EngineError {
            throw error
        } catch {
            throw .cut(call: call, reason: "\(error)")
        }
    }

    /// Reads the header; of a refusal the body as well.
    private func readAnswer(to request: Request) async throws -> (status: Int, body: [UInt8]) {
        let lines = try await readHeader(request).split(separator: "\r\n")
        let words = lines.first.map { $0.split(separator: " ", maxSplits: 2) } ?? []
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1].prefix(3)),
            (100...599).contains(status)
        else {
            throw EngineError.garbage(call: request.call, reason: "not HTTP")
        }
        guard status >= 400 else { return (status, []) }
        let name = "content-length:"
        let length = lines.first { $0.lowercased().hasPrefix(name) }
            .flatMap { Int($0.dropFirst(name.count).drop { $0 == " " }) }
        var body = unread
        unread = []
        while body.count < min(length ?? 0, Self.longest) {
            let piece = try await read()
            if piece.isEmpty { break }
            body += piece
        }
        return (status, body)
    }

    private func readHeader(_ request: Request) async throws -> String {
        let end = Array("\r\n\r\n".utf8)
        var header: [UInt8] = []
        while true {
            if let match = header.indices.first(where: { header[$0...].starts(with: end) }) {
                unread = Array(header[(match + end.count)...])
                return String(decoding: header[..<match], as: UTF8.self)
            }
            guard header.count < Self.longest else { throw EngineError.garbage(call: request.call, reason: "not HTTP") }
            let piece = try await read()
            guard !piece.isEmpty else { throw EngineError.cut(call: request.call, reason: "in the header") }
            header += piece
        }
    }

    private static let longest = 65536

    /// Waits for the next bytes.
    ///
    /// - Returns: The bytes; empty when the other end is closed.
    /// - Throws: ``SystemError``, or `CancellationError` if the task is cancelled.
    public func read() async throws -> [UInt8] {
        if !unread.isEmpty {
            defer { unread = [] }
            return unread
        }
        while true {
            do throws(SystemError) {
                return try connection.read(upTo: 32768)
            } catch {
                guard error.wouldBlock else { throw error }
            }
            _ = try await EventLoop.shared.wait(for: connection, to: .readable)
        }
    }

    /// Sends bytes, and waits until the kernel has taken all of them.
    ///
    /// - Throws: ``SystemError``, or `CancellationError` if the task is cancelled.
    public func write(_ bytes: [UInt8]) async throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            do throws(SystemError) {
                let count = try system("send", on: "hijacked connection") {
                    rest.withUnsafeBytes { send(writing.rawValue, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                }
                rest = rest.dropFirst(count)
                continue
            } catch {
                guard error.wouldBlock else { throw error }
            }
            _ = try await EventLoop.shared.wait(for: writing, to: .writable)
        }
    }

    /// Ends the container's stdin; its output still comes.
    public func closeWriting() { _ = shutdown(connection.rawValue, Int32(SHUT_WR)) }
}
