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
        let values = try await properties("ActiveState", "InvocationID")
        return State(active: values["ActiveState"] ?? "", invocation: values["InvocationID"] ?? "")
    }

    /// What its manager says of it (`systemctl show`), by name; a property that the manager does not know is missing.
    ///
    /// - Throws: ``SystemError`` where systemctl(1) cannot be run or its manager does not answer.
    @LoopActor
    public func properties(_ names: String...) async throws -> [String: String] {
        let end = try await systemctl("show", "--property=\(names.joined(separator: ","))")
        guard end.status == .exited(0) else { throw SystemError(call: "systemctl show", subject: name, code: EIO) }
        var values: [String: String] = [:]
        for line in String(decoding: end.output, as: UTF8.self).split(separator: "\n") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            values[String(line[..<equals])] = String(line[line.index(after: equals)...])
        }
        return values
    }

    /// Its main process, as its manager has it; `nil` where there is none, or the manager does not answer.
    @LoopActor
    public func mainProcess() async -> Int32? {
        let value = (try? await properties("MainPID"))?["MainPID"].flatMap { Int32($0) }
        return value == 0 ? nil : value
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
        return try await EventLoop.shared.command(words, within: nil)
    }
}
