// SPDX-License-Identifier: Apache-2.0

import Linux
import Testing

@Suite("Saturating arithmetic")
struct SaturatingTests {
    @Test("what fits is exact, and what does not is the nearest number: all of Int8")
    func signed() {
        for one in Int8.min...Int8.max {
            for other in Int8.min...Int8.max {
                let (a, b) = (Int(one), Int(other))
                #expect(one.addingSaturating(other) == Int8(clamping: a + b))
                #expect(one.subtractingSaturating(other) == Int8(clamping: a - b))
                #expect(one.multipliedSaturating(by: other) == Int8(clamping: a * b))
            }
        }
    }

    @Test("what fits is exact, and what does not is the nearest number: all of UInt8")
    func unsigned() {
        for one in UInt8.min...UInt8.max {
            for other in UInt8.min...UInt8.max {
                let (a, b) = (Int(one), Int(other))
                #expect(one.addingSaturating(other) == UInt8(clamping: a + b))
                #expect(one.subtractingSaturating(other) == UInt8(clamping: a - b))
                #expect(one.multipliedSaturating(by: other) == UInt8(clamping: a * b))
            }
        }
    }
}
