// SPDX-License-Identifier: Apache-2.0

internal import Glibc
public import Systemd

/// The environment of the test process, which all tests share.
@LoopActor
public enum ProcessEnvironment {
    private static var last: Task<Void, Never>?

    /// Runs `body` with these variables set, or not set where the value is `nil`, and puts back what was there.
    ///
    /// One such body at a time, whatever suite it comes from.
    public static func with<Result: Sendable>(
        _ variables: [String: String?], _ body: @escaping @LoopActor () async throws -> Result
    ) async throws -> Result {
        let before = last
        let turn = Task { @LoopActor in
            await before?.value
            let old = variables.map { (name: $0.key, value: getenv($0.key).map { String(cString: $0) }) }
            for (name, value) in variables { set(name, value) }
            defer { for (name, value) in old { set(name, value) } }
            return try await body()
        }
        last = Task { _ = try? await turn.value }
        return try await turn.value
    }

    private static func set(_ name: String, _ value: String?) {
        if let value { setenv(name, value, 1) } else { unsetenv(name) }
    }
}
