// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Linux

extension Unit {
    /// What a unit is doing, and since which of its starts.
    public struct State: Sendable, Equatable {
        /// active, activating, deactivating, inactive, failed, reloading, maintenance.
        public var active: String
        /// Another one with each start (systemd.exec(5), `$INVOCATION_ID`).
        public var invocation: String
    }

    /// Looks at it; one that is not loaded is inactive.
    ///
    /// `systemctl show`.
    ///   - Throws: ``SystemError`` where systemctl(1) cannot be run or its manager does not answer.
    @LoopActor
    public func state() async throws -> State {
        let names = ["ActiveState", "InvocationID"]
        let end = try await systemctl("show", "--property=\(names.joined(separator: ","))")
        guard end.status == .exited(0) else { throw SystemError(call: "systemctl show", subject: name, code: EIO) }
        let lines = String(decoding: end.output, as: UTF8.self).split(separator: "\n")
        let values = names.map { name in
            lines.first { $0.hasPrefix("\(name)=") }.map { String($0.dropFirst(name.count + 1)) } ?? ""
        }
        return State(active: values[0], invocation: values[1])
    }

    /// Stops it and starts it again; returns when it is up, or has failed to come up.
    ///
    /// `systemctl restart`, which waits as long as the unit's own settings let a stop and a start take. The starts before
    /// do not count against this one (`StartLimitBurst=`): `systemctl reset-failed` forgets them.
    ///   - Returns: whether it is up.
    ///   - Throws: ``SystemError`` where systemctl(1) cannot be run.
    @LoopActor
    public func restart() async throws -> Bool {
        _ = try await systemctl("reset-failed")
        return try await systemctl("restart").status == .exited(0)
    }

    @LoopActor
    private func systemctl(_ verb: String, _ options: String...) async throws -> CommandEnd {
        let words = ["systemctl", isUser ? "--user" : "--system", "--no-ask-password", verb] + options + ["--", name]
        return try await EventLoop.shared.command(words, microseconds: nil)
    }
}
