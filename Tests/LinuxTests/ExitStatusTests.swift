// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Testing

@Suite("Exit status")
struct ExitStatusTests {
    @Test("every exit code comes out of the wait status", arguments: UInt8.min...UInt8.max)
    func exitCodes(code: UInt8) {
        #expect(Linux.ExitStatus(waitStatus: Int32(code) << 8) == .exited(code))
    }

    @Test("a signal is told apart from 128 plus its number, with and without a core")
    func signals() {
        for number in Int32(1)...64 {
            #expect(Linux.ExitStatus(waitStatus: number) == .signaled(Signal(rawValue: number)))
            #expect(Linux.ExitStatus(waitStatus: number | 0x80) == .signaled(Signal(rawValue: number)))
            #expect(Linux.ExitStatus(waitStatus: (128 + number) << 8) == .exited(UInt8(128 + number)))
        }
    }

    @Test("it reads as a sentence's end")
    func text() {
        #expect("\(Linux.ExitStatus.exited(137))" == "exit status 137")
        #expect("\(Linux.ExitStatus.signaled(.kill))" == "SIGKILL")
    }

    @Test("a process ends with an exit code", arguments: [UInt8(0), 3, 137, 255])
    func endsWithCode(code: UInt8) async {
        await #expect(processExitsWith: .exitCode(Int32(code))) { [code] in Linux.ExitStatus.exited(code).end() }
    }

    @Test(
        "a process ends by a signal, though it is blocked, ignored or caught",
        arguments: [SIGKILL, SIGTERM, SIGINT, SIGPIPE, SIGSEGV, SIGABRT, 34, 64])
    func endsBySignal(number: Int32) async {
        await #expect(processExitsWith: .signal(number)) { [number] in
            signal(number, number == SIGINT ? SIG_IGN : { _ in exit(1) })
            var set = sigset_t()
            sigemptyset(&set)
            sigaddset(&set, number)
            pthread_sigmask(SIG_BLOCK, &set, nil)
            Linux.ExitStatus.signaled(Signal(rawValue: number)).end()
        }
    }

    @Test("where the signal would not end a process, a shell's exit code does")
    func endsByHarmlessSignal() async {
        await #expect(processExitsWith: .exitCode(128 + SIGWINCH)) { Linux.ExitStatus.signaled(.windowChange).end() }
    }
}
