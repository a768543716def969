// SPDX-License-Identifier: Apache-2.0

internal import JSON

extension Client {
    /// Opens a stream of a container's events.
    ///
    /// `GET /events?filters={"container":[…],"event":[…],"type":["container"]}`. The Engine sends the header of the
    /// response once it has registered the listener, so no event after this call is missed.
    ///
    /// - Parameters:
    ///   - container: The container's whole ID; it need not exist yet.
    ///   - kinds: The events that are wanted.
    /// - Returns: The stream, which is closed when it is let go of.
    /// - Throws: ``EngineError``.
    public func events(
        of container: String, _ kinds: [ContainerEvent.Kind]
    ) async throws(EngineError) -> ContainerEvents {
        try await events(Self.filters(container, kinds))
    }

    /// Opens a stream of the creations of containers.
    ///
    /// `GET /events?filters={"event":["create"],…}`.
    ///
    /// - Parameter filters: As `["label": ["web"]]`.
    /// - Returns: The stream, which is closed when it is let go of.
    /// - Throws: ``EngineError``.
    public func creations(filters: [String: [String]]) async throws(EngineError) -> ContainerEvents {
        let kinds = ["event": [ContainerEvent.Kind.create.rawValue], "type": ["container"]]
        return try await events(Self.filters(filters.merging(kinds) { $1 }))
    }

    private func events(_ query: [(name: String, value: String)]) async throws(EngineError) -> ContainerEvents {
        let request = Request(.get, "/events", query: query, timeout: nil)
        return ContainerEvents(try await begin(request, isStream: true))
    }

    /// Asks for a container's past events, of which the Engine keeps the last 256 of all containers.
    ///
    /// `GET /events?since=…&until=…`; the Engine answers at once if `until` is in the past.
    ///
    /// - Parameters:
    ///   - container: The container's whole ID.
    ///   - kinds: The events that are wanted.
    ///   - time: The time of the first event.
    /// - Returns: The events, in order.
    /// - Throws: ``EngineError``.
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
