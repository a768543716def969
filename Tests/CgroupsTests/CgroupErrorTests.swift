// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Testing

@testable import Cgroups

@Suite("Errors")
struct CgroupErrorTests {
    private static func error(_ code: Int32) -> CgroupError {
        CgroupError(
            SystemError(call: "mkdir", subject: "/sys/fs/cgroup/a.service/container", code: code),
            doing: "making a cgroup in the unit")
    }

    @Test("a read-only cgroup file system says how to get a writable one")
    func readOnly() {
        #expect(
            Self.error(EROFS).description
                == "making a cgroup in the unit: mkdir /sys/fs/cgroup/a.service/container: Read-only file system. "
                + "Make /sys/fs/cgroup writable (no ProtectControlGroups=yes in the unit, no read-only mount of it), "
                + "or use --placement none")
    }

    @Test("a unit that is not root's says what to remove", arguments: [EACCES, EPERM])
    func denied(code: Int32) {
        #expect(Self.error(code).description.hasSuffix(". Placement needs root: remove User=, or use --placement none"))
    }

    @Test("any other answer is passed on as it is")
    func other() {
        #expect(
            Self.error(ENOSPC).description
                == "making a cgroup in the unit: mkdir /sys/fs/cgroup/a.service/container: No space left on device")
    }

    @Test("every error is one line without a full stop")
    func lines() {
        let system = SystemError(call: "open", subject: "/x", code: EROFS)
        let errors: [CgroupError] = [
            .notMounted(root: "/x"), .notInUnit("a.service", found: "/x"), .gone(process: "1"),
            .outside(process: 1),
            .foreign(process: 1, container: "0", found: "/"), .unknownController("x", known: ["cpu", "pids"]),
            .readOnly(action: "x", system), .denied(action: "x", system), .deviceFilter(group: "/x", reason: "y"),
            .threaded(group: "/x"), .notEmptied(group: "/x"), .failed(action: "x", system),
        ]
        for error in errors {
            #expect(!error.description.contains("\n"))
            #expect(!error.description.hasSuffix("."))
        }
    }
}
