// SPDX-License-Identifier: Apache-2.0

/// Something that happened to a container.
public struct ContainerEvent: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case create, start, die, kill, stop, restart, pause, unpause, rename, destroy, oom
        /// Its health has changed.
        case health = "health_status"
        /// A command inside it begins or ends; each health check is one.
        case commandStarted = "exec_start"
        case commandEnded = "exec_die"
    }

    public var kind: Kind
    /// The container's ID.
    public var container: String
    /// When it happened, by the Engine's clock.
    public var time: LogTime
}

extension ContainerEvent {
    /// An event as the Engine sends it.
    struct Message: Decodable {
        // Its attributes are not read: the container's labels are among them, so its creator can forge any of them.
        struct Actor: Decodable {
            var id: String

            enum CodingKeys: String, CodingKey { case id = "ID" }
        }

        var action: String
        var actor: Actor
        var nanoseconds: Int64?

        enum CodingKeys: String, CodingKey {
            case action = "Action"
            case actor = "Actor"
            case nanoseconds = "timeNano"
        }
    }

    /// - Returns: `nil` for a kind of event that this version does not know.
    init?(_ message: Message) {
        // `exec_start: /bin/sh -c …`, `health_status: healthy`
        let name = message.action.prefix { $0 != ":" }
        guard let kind = Kind(rawValue: String(name)) else { return nil }
        self.kind = kind
        container = message.actor.id
        time = LogTime(nanoseconds: message.nanoseconds ?? 0)
    }
}
