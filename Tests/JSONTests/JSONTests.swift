// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@Suite("JSON")
struct JSONTests {
    private struct Inner: Decodable, WritableObject, Equatable {
        var count: Int

        func write(to object: inout Members) { object.add("count", count) }
    }
    private struct Outer: Decodable, WritableObject, Equatable {
        var name: String
        var inner: Inner
        var note: String?

        func write(to object: inout Members) {
            object.add("note", note)
            object.add("name", name)
            object.add("inner", inner)
        }
    }

    private static let outer = Outer(name: "/run/é\"\n", inner: Inner(count: -3))

    @Test("the same value always gives the same bytes: sorted keys, no spaces, slashes as they are")
    func text() {
        #expect(
            String(decoding: encode(Self.outer), as: UTF8.self)
                == #"{"inner":{"count":-3},"name":"/run/é\"\n"}"#)
        #expect(String(decoding: encode(["b": 1, "a": 2, "c": 0]), as: UTF8.self) == #"{"a":2,"b":1,"c":0}"#)
        #expect(encode(["a": [true, false], "b": []]) == Array(#"{"a":[true,false],"b":[]}"#.utf8))
    }

    @Test("every character comes back as it was, in a string and in a key")
    func characters() throws {
        let text = String(String.UnicodeScalarView((0...0x2FF).compactMap(Unicode.Scalar.init))) + "\u{2028}\u{FEFF}🐳"
        #expect(try decode([String: [String]].self, from: encode([text: [text]])) == [text: [text]])
        let special = encode("\u{0}\u{1F}\r\t\\\u{7F}")
        #expect(String(decoding: special, as: UTF8.self) == #""\u0000\u001f\r\t\\"# + "\u{7F}\"")
    }

    @Test("the ends of the integers", arguments: [(Int64.min, UInt64.max)])
    func integers(least: Int64, most: UInt64) throws {
        #expect(try decode([Int64].self, from: encode([least])) == [least])
        #expect(try decode([UInt64].self, from: encode([most])) == [most])
    }

    @Test("what was written is read back")
    func roundTrip() throws {
        #expect(try decode(Outer.self, from: encode(Self.outer)) == Self.outer)
    }

    @Test("keys that nobody asks for are passed over")
    func unknownKeys() throws {
        let text = #"{"future":[1,{}],"name":"a","inner":{"count":1,"more":null},"note":null}"#
        #expect(try decode(Outer.self, from: text.utf8) == Outer(name: "a", inner: Inner(count: 1)))
    }

    @Test(
        "text that does not fit says where",
        arguments: [
            ("", "not JSON"),
            ("{", "not JSON"),
            ("<html>", "not JSON"),
            (#"{"name":"a","inner":{"count":1}} and more"#, "not JSON"),
            (#"{"name":"a"}"#, #"no key "inner""#),
            (#"{"name":"a","inner":{}}"#, #"no key "count""#),
            (#"{"name":"a","inner":{"count":"1"}}"#, #"an unexpected value at "inner.count""#),
            (#"{"name":"a","inner":{"count":null}}"#, #"an unexpected value at "inner.count""#),
            (#"{"name":1,"inner":{"count":1}}"#, #"an unexpected value at "name""#),
            ("[]", #"an unexpected value at """#),
            ("null", #"an unexpected value at """#),
            ("{}\0", "not JSON"), ("\u{0}[\u{0}]", "not JSON"),
        ])
    func misfits(text: String, reason: String) {
        let error = #expect(throws: JSONError.self) { try decode(Outer.self, from: text.utf8) }
        #expect(error?.description == reason)
    }

    private struct Anything: Decodable {
        init(from decoder: any Decoder) {}
    }

    private static func nested(_ opening: String, _ depth: Int, closing: String = "") -> String {
        String(repeating: opening, count: depth) + String(repeating: closing, count: depth)
    }

    @Test(
        "text that is nested too deep is refused before it is decoded, wherever it ends",
        arguments: [501, 511, 512, 513, 514, 1000, 1_000_000])
    func tooDeep(depth: Int) {
        for text in [
            Self.nested("[", depth), Self.nested("[", depth, closing: "]"), Self.nested(#"{"a":"#, depth),
            #"{"message":"a","b":"# + Self.nested("[", depth), Self.nested(" [", depth) + " ",
            #"["\\","# + Self.nested("[", depth), #"["\"["# + "\\\"\"," + Self.nested("[", depth),
        ] {
            let error = #expect(throws: JSONError.self) { try decode(Anything.self, from: text.utf8) }
            #expect(error?.description == "nested deeper than 500 levels")
        }
    }

    @Test("500 levels are read, and brackets in strings and one after the other are no levels")
    func deepEnough() throws {
        let many = String(repeating: "[", count: 600)
        for text in [
            Self.nested("[", 500, closing: "]"), #"{"a\"\#(many)":"\\\"\#(many){","b":"\\","c":["\\\\\"\#(many)"]}"#,
            "[" + String(repeating: "[],{},", count: 1000) + "0]",
        ] { _ = try decode(Anything.self, from: text.utf8) }
    }

    @Test("text in UTF-16 and UTF-32, in which a quote may be half of a character, is not JSON")
    func encodings() {
        let text = "[" + "\u{2222}" + Self.nested("[", 513)
        let wide = text.unicodeScalars.map { UInt16($0.value) }
        let little: [UInt8] = wide.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
        let big: [UInt8] = wide.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
        let wider: [UInt8] = wide.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8), 0, 0] }
        let texts: [[UInt8]] = [little, [0xFF, 0xFE] + little, big, [0xFE, 0xFF] + big, wider]
        for bytes in texts {
            let error = #expect(throws: JSONError.self) { try decode(Anything.self, from: bytes) }
            #expect(error?.description == "not JSON")
        }
    }

    @Test(
        "a number that does not fit is refused, not rounded",
        arguments: [
            "1e400", "-1e400", "9223372036854775808", "-9223372036854775809", "1.5", "18446744073709551616", "1e19",
            "99999999999999999999999999999999999999999999", "NaN", "0x10", "--1", "1e", "+1",
        ])
    func numbers(text: String) {
        #expect(throws: JSONError.self) { try decode([Int].self, from: "[\(text)]".utf8) }
        #expect(throws: JSONError.self) { try decode([Int32].self, from: "[\(text)]".utf8) }
    }
}
