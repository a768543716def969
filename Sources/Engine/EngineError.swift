// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Why a call to the Docker Engine came to nothing.
public enum EngineError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The address in DOCKER_HOST is not one that we can use.
    case unusableHost(String, reason: String)
    /// Nothing took the connection. `code` is the errno(3) of connect(2), 0 where there is none.
    case unreachable(socket: String, code: Int32, reason: String)
    /// No answer in time.
    case timedOut(call: String, seconds: Int)
    /// The connection ended before the answer did.
    case cut(call: String, reason: String)
    /// The answer is not what the API promises.
    case garbage(call: String, reason: String)
    /// The file that was to be sent cannot be read.
    case unreadable(call: String, reason: String)
    /// The Engine said no, in its own words.
    case refused(call: String, status: Int, message: String)
    /// The Engine is too old for us, or its version is not the one that DOCKER_API_VERSION asks for.
    case unusableVersion(String)

    /// Neither the container nor the image, network or volume asked for is there.
    public var isNotFound: Bool { status == 404 }
    /// The state of the container, or a name in use, forbids the call.
    public var isConflict: Bool { status == 409 }

    /// The daemon is down, on its way down or up, or does not get to answering: it may be back before long.
    ///
    /// A socket that is not there or that nobody listens on is that of a daemon which has not been started; one that
    /// must not be connected to stays so.
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
            "connect to Docker at \(socket): \(reason): \(Self.advice(code))"
        case .timedOut(let call, let seconds):
            "\(call): no answer from Docker within \(seconds) s: look at systemctl status docker.service"
        case .cut(let call, let reason):
            "\(call): Docker broke the connection (\(reason)): look at journalctl -u docker.service"
        case .garbage(let call, let reason):
            "\(call): Docker's answer makes no sense (\(reason)): is it Docker that listens there?"
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
            "is docker.service running? The unit wants Requires=docker.service and After=docker.service"
        case EPERM, EACCES:
            "run as root, or put the unit's User= into the group docker"
        default:
            "look at systemctl status docker.service"
        }
    }
}
