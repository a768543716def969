// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Linux
internal import Systemd

/// A process that clears up after a launch if SIGKILL goes to the whole unit meanwhile.
///
/// Until a container is in the unit's cgroup, Docker may start it though every process of the unit is dead, and only a
/// process elsewhere can end it: one in a scope of its own (systemd-run(1)), for as long as the launch takes.
@LoopActor
final class LaunchGuard {
    /// How long systemd may take to make the scope.
    private static let patience = Duration.seconds(5)

    /// Its stdin, which ends with us.
    private let life: Pipe
    private let output: Descriptor
    private let child: Child

    private final class Child {
        let process: ChildProcess
        init(_ process: consuming ChildProcess) { self.process = process }
    }

    /// Starts it; letting go of it ends it.
    ///
    /// - Parameters:
    ///   - words: What it does when we are killed: a command of our own program.
    ///   - unit: Whose manager makes the scope.
    ///   - mark: Tells its scope from others.
    /// - Throws: ``SystemError`` where systemd-run(1) cannot be executed.
    init(_ words: [String], for unit: Unit, mark: String) throws(SystemError) {
        life = try Pipe()
        let pipe = try Pipe()
        let scope = [
            "systemd-run", "--scope", "--quiet", "--collect", "--no-ask-password", unit.isUser ? "--user" : "--system",
            "--unit=systemd-docker-\(mark)", "--description=Start of a container for \(unit.name)", "--",
        ]
        child = Child(
            try ChildProcess(
                scope + [try Files.resolve("/proc/self/exe")] + words + ["--standby"],
                input: life.reading, output: pipe.writing, error: try .null()))
        output = pipe.closingWriting()
    }

    /// Waits until it is out of the unit, or has ended because it cannot get out.
    func isReady() async throws {
        _ = try await EventLoop.shared.within(Self.patience) {
            _ = try await EventLoop.shared.wait(for: self.output, to: .readable)
        }
    }
}
