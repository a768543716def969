// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Linux
internal import Systemd

/// The thread of a test process on which the event loop runs, as it does on a program's main thread.
///
/// A suite with tests on `@LoopActor` calls ``start()`` in its `init`, which is not on the loop.
public enum LoopThread {
    /// Starts the loop where it does not run yet.
    public static func start() { _ = started }

    /// Those that a test sends to the loop, as SignalRelay watches them.
    private static let signals: [Signal] =
        [.terminate, .interrupt, .hangup, .quit, .abort, .user1, .user2, .windowChange, .continue]
        + Signal.realTime.map(Signal.init(rawValue:))

    private static let started: Void = {
        do throws(SystemError) {
            _ = try PosixThread {
                // Here and nowhere else: what a test starts from another thread must not inherit it. A test that
                // sends a signal to the loop sends it to this thread (pthread_kill(3)).
                EventLoop.blockSignals(signals)
                do throws(SystemError) {
                    try EventLoop.shared.run()
                    fatalError("a test has stopped the event loop")
                } catch {
                    fatalError("\(error)")
                }
            }
        } catch {
            fatalError("\(error)")
        }
    }()
}
