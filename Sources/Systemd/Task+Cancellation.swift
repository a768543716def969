// SPDX-License-Identifier: Apache-2.0

extension Task {
    /// The task's result; a caller that is cancelled while it waits cancels the task, and still waits for its end.
    public var cancellableValue: Success {
        get async throws {
            try await withTaskCancellationHandler {
                try await value
            } onCancel: {
                cancel()
            }
        }
    }
}
