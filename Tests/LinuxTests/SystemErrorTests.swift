// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Testing

@Suite("System error")
struct SystemErrorTests {
    @Test("it names the call, what it was called on, and the kernel's reason")
    func text() {
        let error = #expect(throws: SystemError.self) {
            try system("open", on: "/no/such") { open("/no/such", O_RDONLY) }
        }
        #expect(error == SystemError(call: "open", subject: "/no/such", code: ENOENT))
        #expect(error?.description == "open /no/such: No such file or directory")
        #expect(error?.reason == "No such file or directory")
    }

    @Test("a call that a signal interrupts is made again")
    func interrupted() throws {
        var calls = 0
        let result = try system("read", on: "test") {
            calls += 1
            guard calls < 3 else { return 7 }
            errno = EINTR
            return -1
        }
        #expect(result == 7)
        #expect(calls == 3)
    }

    @Test("a call that succeeds is made once, and its subject is not even written")
    func success() throws {
        var (calls, subjects) = (0, 0)
        func subject() -> String {
            subjects += 1
            return "test"
        }
        let result = try system("read", on: subject()) {
            calls += 1
            return 0
        }
        #expect((result, calls, subjects) == (0, 1, 0))
    }

    @Test(
        "each question has its codes and no others",
        arguments: [
            ("not found", [ENOENT, ESRCH, ENODEV]), ("denied", [EACCES, EPERM]), ("read-only", [EROFS]),
            ("would block", [EAGAIN]), ("exists", [EEXIST]), ("busy", [EBUSY, ENOTEMPTY]),
        ])
    func questions(question: String, codes: [Int32]) {
        let answers = (Int32(1)...133).filter { code in
            let error = SystemError(call: "call", subject: "subject", code: code)
            return switch question {
            case "not found": error.isNotFound
            case "denied": error.isPermissionDenied
            case "read-only": error.isReadOnly
            case "would block": error.wouldBlock
            case "exists": error.exists
            default: error.isBusy
            }
        }
        #expect(answers == codes.sorted())
    }
}
