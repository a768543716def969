// SPDX-License-Identifier: Apache-2.0

internal import JSON
public import Systemd

/// What happens to a container from now on, one event after the other.
@LoopActor
public final class ContainerEvents {
    /// More than any event has to say, but one of a container with absurdly many labels.
    private static let longestEvent = 1 << 20

    private let transfer: Transfer
    private var unread: [UInt8] = []
    /// Where in it the next line begins, and how far it was looked through for that line's end.
    private var (start, searched) = (0, 0)

    init(_ transfer: Transfer) { self.transfer = transfer }

    /// The next event, however long that takes.
    ///
    /// A stream has no end of its own: the Engine ends it when it goes away, and ``EngineError/cut(call:reason:)``
    /// says so. What happened between two streams is told by neither: look at the container once the next one stands.
    ///   - Throws: also when what comes is not an event; then nothing of this stream can be trusted any more.
    public func next() async throws(EngineError) -> ContainerEvent {
        let newline = UInt8(ascii: "\n")
        while true {
            while let end = unread[searched...].firstIndex(of: newline) {
                let line = unread[start..<end]
                (start, searched) = (end + 1, end + 1)
                if let event = try event(line) { return event }
            }
            // Once for each piece, not for each line: of a stream that pours, most would be moved again and again.
            unread.removeSubrange(..<start)
            (start, searched) = (0, unread.count)
            guard unread.count <= Self.longestEvent else { throw garbage("an event without an end") }
            guard let piece = try await transfer.nextPiece() else {
                throw .cut(call: transfer.request.call, reason: "at its end")
            }
            unread += piece
        }
    }

    /// Hangs up; whoever waits for the next event gets an error.
    public func close() { transfer.cancel() }

    private func event(_ line: ArraySlice<UInt8>) throws(EngineError) -> ContainerEvent? {
        guard !line.isEmpty else { return nil }
        do throws(JSONError) {
            return ContainerEvent(try JSON.decode(ContainerEvent.Message.self, from: line))
        } catch {
            throw garbage(error.description)
        }
    }

    private func garbage(_ reason: String) -> EngineError {
        transfer.cancel()
        return .garbage(call: transfer.request.call, reason: reason)
    }
}

extension Client {
    /// Asks to be told what happens to a container; returns when the Engine listens.
    ///
    /// `GET /events?filters={"container":[…],"event":[…],"type":["container"]}`. The Engine sends the answer's header
    /// once it has registered the listener, so whatever follows cannot be missed.
    ///   - container: Its whole ID. There may be no such container (yet): then nothing happens to it.
    public func events(
        of container: String, _ kinds: [ContainerEvent.Kind]
    ) async throws(EngineError) -> ContainerEvents {
        try await events(["container": [container], "event": kinds.map(\.rawValue), "type": ["container"]])
    }

    /// Asks to be told of each container that is made from now on and fits the filters; returns when the Engine listens.
    ///
    /// `GET /events?filters={"event":["create"],…}`.
    ///
    /// - Parameter filters: As `["label": ["web"]]`.
    /// - Throws: ``EngineError``.
    public func creations(filters: [String: [String]]) async throws(EngineError) -> ContainerEvents {
        let kinds = ["event": [ContainerEvent.Kind.create.rawValue], "type": ["container"]]
        return try await events(filters.merging(kinds) { $1 })
    }

    private func events(_ filters: [String: [String]]) async throws(EngineError) -> ContainerEvents {
        let request = Request(
            .get, "/events",
            query: [("filters", String(decoding: JSON.encode(filters), as: UTF8.self))],
            timeoutSeconds: nil)
        let transfer = try stream(request)
        if try await transfer.begin() >= 400 { _ = try Self.accepted(try await transfer.response(), of: request) }
        return ContainerEvents(transfer)
    }
}
