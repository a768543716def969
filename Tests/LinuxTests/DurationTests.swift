// SPDX-License-Identifier: Apache-2.0

import Linux
import Testing

@Suite("Duration")
struct DurationTests {
    private static let counts: [(time: Duration, microseconds: UInt64)] = [
        (.zero, 0), (.seconds(-1), 0), (.nanoseconds(1), 1), (.microseconds(1), 1), (.milliseconds(1500), 1_500_000),
        (.seconds(Int64.max), .max),
    ]

    @Test("counts in microseconds, rounded up", arguments: counts)
    func microseconds(time: Duration, expected: UInt64) { #expect(time.microseconds == expected) }
}
