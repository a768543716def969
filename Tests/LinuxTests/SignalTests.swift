// SPDX-License-Identifier: Apache-2.0

import Linux
import Testing

@Suite("Signal")
struct SignalTests {
    @Test("every signal that programs may use is found again by its name, with and without SIG, in any case")
    func roundTrip() {
        for signal in (1...64).filter({ $0 != 32 && $0 != 33 }).map(Signal.init(rawValue:)) {
            let name = signal.description
            #expect(name.hasPrefix("SIG"), "signal \(signal.rawValue)")
            #expect(Signal(named: name) == signal)
            #expect(Signal(named: String(name.dropFirst(3))) == signal)
            #expect(Signal(named: name.lowercased()) == signal)
            #expect(Signal(named: "\(signal.rawValue)") == signal)
        }
    }

    @Test(
        "the numbers are those of signal(7)",
        arguments: [
            ("HUP", 1), ("INT", 2), ("QUIT", 3), ("ABRT", 6), ("KILL", 9), ("USR1", 10), ("SEGV", 11), ("USR2", 12),
            ("PIPE", 13), ("TERM", 15), ("CHLD", 17), ("CONT", 18), ("STOP", 19), ("WINCH", 28), ("IO", 29),
            ("SYS", 31),
        ])
    func numbers(name: String, number: Int32) {
        #expect(Signal(named: name)?.rawValue == number)
    }

    @Test(
        "a second name leads to the same signal, whose description is the first one",
        arguments: [
            ("IOT", "SIGABRT"), ("SIGPOLL", "SIGIO"), ("CLD", "SIGCHLD"), ("RTMIN", "SIGRTMIN"),
            ("SIGRTMIN+0", "SIGRTMIN"), ("RTMIN+3", "SIGRTMIN+3"), ("RTMAX", "SIGRTMIN+30"),
            ("SIGRTMAX-0", "SIGRTMIN+30"), ("RTMAX-1", "SIGRTMIN+29"), ("RTMAX-30", "SIGRTMIN"),
            ("RTMIN+30", "SIGRTMIN+30"), ("37", "SIGRTMIN+3"),
        ])
    func aliases(text: String, description: String) {
        #expect(Signal(named: text)?.description == description)
    }

    @Test(
        "what is no signal is refused",
        arguments: [
            "", "SIG", "0", "-1", "65", "99999999999", "TERMINATE", "SIGSIGTERM", " TERM", "TERM ", "1.5", "SIG15",
            "RTMIN+", "RTMIN+31", "RTMIN+-1", "RTMIN++3", "RTMIN-1", "RTMAX-31", "RTMAX+1", "RTMAX--1", "RTMIN+x",
        ])
    func refused(text: String) {
        #expect(Signal(named: text) == nil)
    }

    @Test("one that has no name is called by its number", arguments: [Int32(0), 32, 33, 65])
    func nameless(number: Int32) {
        #expect(Signal(rawValue: number).description == "signal \(number)")
    }
}
