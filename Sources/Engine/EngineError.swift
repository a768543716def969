// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Why a request to the Docker Engine has failed.
public enum EngineError: Error, Equatable, Sendable, CustomStringConvertible {
    /// DOCKER_HOST is not an address that can be used.
    case unusableHost(String, reason: String)
    /// The connection failed. `code` is the errno(3) of connect(2), or 0.
    case unreachable(socket: String, code: Int32, reason: String)
    /// There was no answer in time.
    case timedOut(call: String, after: Duration)
    /// The connection was closed before the end of the response, or the task was cancelled.
    case cut(call: String, reason: String)
    /// The response does not conform to the API.
    case garbage(call: String, reason: String)
    /// The file that is the body of the request cannot be read.
    case unreadable(call: String, reason: String)
    /// The Engine refused the request; the message is its own.
    case refused(call: String, status: Int, message: String)
    /// The Engine is too old, or DOCKER_API_VERSION is not a version.
    case unusableVersion(String)

    /// There is no such container, image, network or volume.
    public var isNotFound: Bool { status == 404 }
    /// The container is in the wrong state, or the name is in use.
    public var isConflict: Bool { status == 409 }

    /// The daemon is stopped, stopping, starting or overloaded, so that a later attempt may succeed.
    ///
    /// A socket that does not exist, or that nothing listens on, belongs to a daemon that has not been started. A lack of
    /// permission is permanent.
    public var isAway: Bool {
        switch self {
        case .unreachable(_, let code, _): code == ENOENT || code == ECONNREFUSED
        case .timedOut, .cut: true
        case .refused(_, let status, _): status == 503
        case .unusableHost, .garbage, .unreadable, .unusableVersion: false
        }
    }

    /// The HTTP status of a refusal.
    public var status: Int? {
        if case .refused(_, let status, _) = self { status } else { nil }
    }

    public var description: String {
        switch self {
        case .unusableHost(let host, let reason):
            "DOCKER_HOST=\(host): \(reason)"
        case .unreachable(let socket, let code, let reason):
            "connect to Docker at \(socket): \(reason). \(Self.advice(code))"
        case .timedOut(let call, let time):
            "\(call): no answer from Docker within \(time.components.seconds) s. See systemctl status docker.service"
        case .cut(let call, let reason):
            "\(call): Docker closed the connection (\(reason)). See journalctl -u docker.service"
        case .garbage(let call, let reason):
            "\(call): invalid response from Docker (\(reason)). Does another program listen on its socket?"
        case .unreadable(let call, let reason):
            "\(call): \(reason)"
        case .refused(let call, let status, let message):
            "\(call): Docker answered \(status): \(message)"
        case .unusableVersion(let sentence):
            sentence
        }
    }

    private static func advice(_ code: Int32) -> String {
        switch code {
        case ENOENT, ECONNREFUSED:
            "Is docker.service running? A unit needs Requires=docker.service and After=docker.service"
        case EPERM, EACCES:
            "Run as root, or add the unit's User= to the group docker"
        default:
            "See systemctl status docker.service"
        }
    }
}
