// SPDX-License-Identifier: Apache-2.0

import Engine
import Testing

@Suite("API version")
struct APIVersionTests {
    @Test("it is read with and without a v", arguments: ["1.41", "v1.41"])
    func read(text: String) {
        #expect(APIVersion(text)?.description == "1.41")
    }

    @Test(
        "what is none is refused",
        arguments: ["", "v", "1", "1.", ".41", "1.41.0", "one", "1.x", "-1.41", "vv1.41", "1.41 "])
    func refused(text: String) {
        #expect(APIVersion(text) == nil)
    }

    @Test("versions compare as numbers, not as text")
    func order() throws {
        let sorted = ["0.99", "1.5", "1.41", "1.50", "1.100", "2.0"]
        #expect(sorted.reversed().compactMap { APIVersion($0) }.sorted().map(\.description) == sorted)
        #expect(APIVersion.oldest < APIVersion.newest)
    }
}
