// SPDX-License-Identifier: Apache-2.0

/// The sender of a signal, as signalfd(2) reports it.
public struct SignalSender: Sendable, Equatable {
    /// The sender's process; 0 where the kernel itself sent it (a terminal, a timer).
    public let process: Int32
    /// The `si_code` of sigaction(2).
    public let code: Int32
}
