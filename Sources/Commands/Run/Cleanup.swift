// SPDX-License-Identifier: Apache-2.0

internal import Systemd

/// Undoes what a run has acquired, the newest first, whatever has ended the run.
///
/// Each step is added where the thing is acquired, so nothing is undone that this run did not make.
@LoopActor
final class Cleanup {
    /// One thing to undo.
    @LoopActor
    final class Step {
        fileprivate var undo: (() async -> Void)?

        fileprivate init(_ undo: @escaping () async -> Void) { self.undo = undo }

        /// Keeps the thing: it is to outlive the run.
        func cancel() { undo = nil }

        /// Undoes it now; later it is not undone again.
        func run() async {
            let undo = undo
            self.undo = nil
            await undo?()
        }
    }

    private var steps: [Step] = []

    /// Adds a step.
    ///
    /// - Parameter undo: Runs once, at the end of the run at the latest.
    /// - Returns: The step, for what ends before the run does.
    @discardableResult
    func add(_ undo: @escaping () async -> Void) -> Step {
        let step = Step(undo)
        steps.removeAll { $0.undo == nil }
        steps.append(step)
        return step
    }

    /// Undoes everything, the newest first.
    func run() async {
        while let step = steps.popLast() { await step.run() }
    }
}
