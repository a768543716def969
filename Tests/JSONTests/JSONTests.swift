// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@Suite("JSON")
struct JSONTests {
    private struct Inner: Codable, Equatable { var count: Int }
    private struct Outer: Codable, Equatable {
        var name: String
        var inner: Inner
        var note: String?
    }

    private static let outer = Outer(name: "/run/é\"\n", inner: Inner(count: -3))

    @Test("the same value always gives the same bytes: sorted keys, no spaces, slashes as they are")
    func text() throws {
        #expect(
            String(decoding: try encode(Self.outer), as: UTF8.self)
                == #"{"inner":{"count":-3},"name":"/run/é\"\n"}"#)
        #expect(try String(decoding: encode(["b": 1, "a": 2, "c": 0]), as: UTF8.self) == #"{"a":2,"b":1,"c":0}"#)
    }

    @Test("what was written is read back")
    func roundTrip() throws {
        #expect(try decode(Outer.self, from: try encode(Self.outer)) == Self.outer)
    }

    @Test("keys that nobody asks for are passed over")
    func unknownKeys() throws {
        let text = #"{"future":[1,{}],"name":"a","inner":{"count":1,"more":null},"note":null}"#
        #expect(try decode(Outer.self, from: text.utf8) == Outer(name: "a", inner: Inner(count: 1)))
    }

    @Test("a value that JSON has no form for is refused")
    func notWritable() {
        let error = #expect(throws: JSONError.self) { try encode(["x": Double.nan]) }
        #expect(error?.description.hasPrefix("cannot write as JSON: ") == true)
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
        ])
    func misfits(text: String, reason: String) {
        let error = #expect(throws: JSONError.self) { try decode(Outer.self, from: text.utf8) }
        #expect(error?.description == reason)
    }
}
