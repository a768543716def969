// SPDX-License-Identifier: Apache-2.0

import Linux
import Testing

@testable import Commands

@Suite("Signal relay")
struct SignalRelayTests {
    @Test("a container gets what a user may send it, and never what would stop or kill us first")
    func relayed() {
        let relayed = Set(SignalRelay.signals.map(\.description))
        #expect(
            relayed.isSuperset(of: [
                "SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGCONT", "SIGRTMIN",
                "SIGRTMIN+30",
            ]))
        #expect(relayed.count == SignalRelay.signals.count)
        #expect(relayed.isDisjoint(with: ["SIGKILL", "SIGSTOP", "SIGCHLD", "SIGSEGV", "signal 32", "signal 33"]))
    }
}
