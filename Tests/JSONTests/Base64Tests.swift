// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@Suite("Base64")
struct Base64Tests {
    @Test("text becomes bytes, and what is no base64 becomes nothing")
    func decode() {
        #expect(decodeBase64("dTpw") == Array("u:p".utf8))
        #expect(decodeBase64("+/8=") == [0xfb, 0xff])
        #expect(decodeBase64("") == [])
        #expect(decodeBase64("dTp") == nil && decodeBase64("d:pw") == nil)
    }

    @Test("bytes become text that may stand in a header, padded")
    func encode() {
        #expect(encodeBase64URL([0xfb, 0xff]) == "-_8=")
        #expect(encodeBase64URL(Array("{}".utf8)) == "e30=")
    }
}
