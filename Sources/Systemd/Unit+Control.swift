// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Linux

extension Unit {
    /// The state of a unit, and the start that it belongs to.
    public struct State: Sendable, Equatable {
        /// active, activating, deactivating, inactive, failed, reloading, maintenance.
        public var active: String
        /// New with each start (systemd.exec(5), `$INVOCATION_ID`).
        public var invocation: String
    }

    /// The unit's state now (`systemctl show`); one that is not loaded is inactive.
    ///
    /// - Returns: The state.
    /// - Throws: ``SystemError`` where systemctl(1) cannot be run or its manager does not answer.
    @LoopActor
    public func state() async throws -> State {
        let values = try await properties("ActiveState", "InvocationID")
        return State(active: values["ActiveState"] ?? "", invocation: values["InvocationID"] ?? "")
    }

    /// Reads properties of the unit (`systemctl show`).
    ///
    /// - Parameter names: Their names.
    /// - Returns: The values by name, without properties that the manager does not know.
    /// - Throws: ``SystemError`` where systemctl(1) cannot be run or its manager does not answer.
    @LoopActor
    public func properties(_ names: String...) async throws -> [String: String] {
        let end = try await systemctl("show", "--property=\(names.joined(separator: ","))")
        guard end.status == .exited(0) else { throw SystemError(call: "systemctl show", subject: name, code: EIO) }
        var values: [String: String] = [:]
        for line in String(decoding: end.output, as: UTF8.self).split(separator: "\n") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            // A property that is a list may have a line for each of its parts.
            let (name, value) = (String(line[..<equals]), String(line[line.index(after: equals)...]))
            values[name] = values[name].map { "\($0)\n\(value)" } ?? value
        }
        return values
    }

    /// Its main process; `nil` without one, and where the manager does not answer.
    @LoopActor
    public func mainProcess() async -> Int32? {
        let value = (try? await properties("MainPID"))?["MainPID"].flatMap { Int32($0) }
        return value == 0 ? nil : value
    }

    /// Stops and starts it (`systemctl restart`), which takes as long as the unit's own time limits allow.
    ///
    /// Former starts do not count against this one (`StartLimitBurst=`): `systemctl reset-failed` clears them.
    ///
    /// - Returns: Whether the unit came up.
    /// - Throws: ``SystemError`` where systemctl(1) cannot be run.
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
