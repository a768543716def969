// SPDX-License-Identifier: Apache-2.0

public import Engine
internal import Glibc
internal import Linux
public import Systemd

/// Brings our stdin to a container.
@LoopActor
public struct ContainerInput {
    private let stream: HijackedStream

    /// - Parameter stream: What we are attached to the container by.
    public init(stream: HijackedStream) { self.stream = stream }

    /// Copies until our stdin ends, and then ends the container's.
    public func copy() async throws {
        while true {
            do {
                _ = try await EventLoop.shared.wait(forUnowned: STDIN_FILENO, to: .readable)
            } catch let error as SystemError where error.code == EPERM {
                // A regular file is always readable, and epoll(7) refuses to watch it.
            }
            let bytes = try readBytes(from: STDIN_FILENO, upTo: 32768)
            if bytes.isEmpty { break }
            do {
                try await stream.write(bytes)
            } catch let error as SystemError where error.code == EPIPE || error.code == ECONNRESET {
                return  // The container has ended, and did not want to know.
            }
        }
        stream.closeWriting()
    }

    /// Whether our stdin has anything to say.
    ///
    /// Under a unit it is /dev/null unless `StandardInput=` says otherwise; a container that reads its end would leave.
    public static var isWorthwhile: Bool {
        var (input, null) = (stat(), stat())
        guard fstat(STDIN_FILENO, &input) == 0 else { return false }
        guard stat("/dev/null", &null) == 0 else { return true }
        return input.st_mode & S_IFMT != S_IFCHR || input.st_rdev != null.st_rdev
    }
}
