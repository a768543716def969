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
        try await events(Self.filters(container, kinds))
    }

    /// Asks to be told of each container that is made from now on and fits the filters; returns when the Engine listens.
    ///
    /// `GET /events?filters={"event":["create"],…}`.
    ///
    /// - Parameter filters: As `["label": ["web"]]`.
    /// - Throws: ``EngineError``.
    public func creations(filters: [String: [String]]) async throws(EngineError) -> ContainerEvents {
        let kinds = ["event": [ContainerEvent.Kind.create.rawValue], "type": ["container"]]
        return try await events(Self.filters(filters.merging(kinds) { $1 }))
    }

    private func events(_ query: [(name: String, value: String)]) async throws(EngineError) -> ContainerEvents {
        let request = Request(.get, "/events", query: query, timeoutSeconds: nil)
        let transfer = try stream(request)
        if try await transfer.begin() >= 400 { _ = try Self.accepted(try await transfer.response(), of: request) }
        return ContainerEvents(transfer)
    }

    /// What has happened to a container, as far as the Engine remembers: it keeps the last 256 events of all containers.
    ///
    /// `GET /events?since=…&until=…`: the Engine answers at once when `until` is over.
    ///
    /// - Parameters:
    ///   - container: Its whole ID.
    ///   - kinds: What is asked for.
    ///   - time: From when on.
    /// - Returns: The events, in their order.
    /// - Throws: ``EngineError`` when the Engine does not answer.
    public func pastEvents(
        of container: String, _ kinds: [ContainerEvent.Kind], since time: LogTime
    ) async throws(EngineError) -> [ContainerEvent] {
        var request = Request(.get, "/events", query: Self.filters(container, kinds))
        request.query += [("since", time.query), ("until", LogTime.now.query)]
        let lines = try await send(request).body.split(separator: UInt8(ascii: "\n"))
        return lines.compactMap {
            (try? JSON.decode(ContainerEvent.Message.self, from: $0)).flatMap(ContainerEvent.init)
        }
    }

    private static func filters(
        _ container: String, _ kinds: [ContainerEvent.Kind]
    ) -> [(name: String, value: String)] {
        filters(["container": [container], "event": kinds.map(\.rawValue), "type": ["container"]])
    }

    private static func filters(_ filters: [String: [String]]) -> [(name: String, value: String)] {
        [("filters", String(decoding: JSON.encode(filters), as: UTF8.self))]
    }
}
