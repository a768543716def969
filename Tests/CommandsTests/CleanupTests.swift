// SPDX-License-Identifier: Apache-2.0

import Support
import Systemd
import Testing

@testable import Commands

@Suite("Cleanup")
struct CleanupTests {
    init() { LoopThread.start() }

    @LoopActor
    private final class Log {
        var words: [String] = []
    }

    @Test("undoes the newest first, each once, and nothing that was kept or undone before")
    @LoopActor
    func order() async {
        let (cleanup, log) = (Cleanup(), Log())
        cleanup.add { log.words.append("first") }
        let kept = cleanup.add { log.words.append("kept") }
        let early = cleanup.add { log.words.append("early") }
        cleanup.add {
            log.words.append("last")
            cleanup.add { log.words.append("added while it runs") }
        }
        await early.run()
        await early.run()
        kept.cancel()
        await cleanup.run()
        await cleanup.run()
        #expect(log.words == ["early", "last", "added while it runs", "first"])
    }
}
