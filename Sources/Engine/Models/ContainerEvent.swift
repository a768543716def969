// SPDX-License-Identifier: Apache-2.0

/// Something that has happened to a container, as the Engine tells everybody who listens.
public struct ContainerEvent: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case create, start, die, kill, stop, restart, pause, unpause, rename, destroy, oom
        /// Its health is another one; which one stands behind the name (``ContainerEvent/health``).
        case health = "health_status"
        /// A command inside it begins, or ends: each of its health checks does.
        case commandStarted = "exec_start"
        case commandEnded = "exec_die"
    }

    public var kind: Kind
    /// `healthy` or `unhealthy`, of ``Kind/health`` alone.
    public var health: String?
    /// The container's ID.
    public var container: String
    /// When it happened, in nanoseconds since 1970 by the Engine's clock.
    public var nanoseconds: Int64
    /// What else the Engine tells.
    ///
    /// A label of the container hides what has its name, so whoever made the container can put anything here: only an
    /// inspection tells the truth.
    public var attributes: [String: String]
}

extension ContainerEvent {
    /// An event as the Engine sends it.
    struct Message: Decodable {
        struct Actor: Decodable {
            var id: String
            var attributes: [String: String]?

            enum CodingKeys: String, CodingKey {
                case id = "ID"
                case attributes = "Attributes"
            }
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

    /// Reads a message; `nil` where it tells of a kind that we do not know.
    init?(_ message: Message) {
        // `exec_start: /bin/sh -c …`, `health_status: healthy`
        let name = message.action.prefix { $0 != ":" }
        guard let kind = Kind(rawValue: String(name)) else { return nil }
        self.kind = kind
        health = kind == .health ? String(message.action.dropFirst(name.count + 1).drop { $0 == " " }) : nil
        container = message.actor.id
        nanoseconds = message.nanoseconds ?? 0
        attributes = message.actor.attributes ?? [:]
    }
}
