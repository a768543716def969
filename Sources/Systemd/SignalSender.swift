// SPDX-License-Identifier: Apache-2.0

/// Who sent a signal, as signalfd(2) tells.
public struct SignalSender: Sendable, Equatable {
    /// The sender's process; 0 where the kernel itself sent it (a terminal, a timer).
    public let process: Int32
    /// The `si_code` of sigaction(2).
    public let code: Int32
}
