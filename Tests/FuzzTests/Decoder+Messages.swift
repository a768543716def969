// SPDX-License-Identifier: Apache-2.0

import Linux
import Supervision

@testable import Claims
@testable import Commands

extension Decoder {
    static let messages = [
        Decoder(
            "a container's notification",
            ["READY=1\nSTATUS=up é\nWATCHDOG_USEC=1\nEXTEND_TIMEOUT_USEC=18446744073709551615\nMAINPID=1\nBARRIER=1\0"]
        ) { input in
            let (passed, _) = NotifyProxy.read(input)
            var configuration = Configuration(removesContainer: true)
            configuration.readyCondition = .notify
            var machine = StateMachine(configuration)
            _ = machine.handle(.notified(passed))
        },
        Decoder("a claim's packets", bytes: [question.packet, reply.packet]) { input in
            _ = (Question(input), Reply(input))
        },
        Decoder("a runtime's annotation", ["runc\n--a b", ""]) { _ = RuntimeAnnotation.command(of: text($0)) },
    ]

    private static let id = String(repeating: "5ca1ab1e", count: 8)
    private static let question = Question(container: id, first: 253)
    private static let reply = Reply(container: id, handsOutput: true, total: 4, names: ["a", "é"])
}
