// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@Suite("JSON document")
struct DocumentTests {
    private static func text(_ document: Document) -> String { String(decoding: document.text, as: UTF8.self) }

    private static let lines = """
        {
            "runtimes": {
                "kata":  {"path": "/usr/bin/kata", "n": 18446744073709551615}
            },
            "exec-opts": [ "native.cgroupdriver=systemd" ],
            "b": 1e3, "a": [-1, 0.1, {"z": {}, "y": "\\u00e9\\/"}]
        }

        """

    @Test(
        "a value is added, and every other byte stays",
        arguments: [
            (lines, lines.replacing("15}\n", with: "15},\n        \"x\":  {\"path\":  \"/x\"}\n")),
            ("{}", #"{"runtimes": {"x": {"path": "/x"}}}"#),
            (" {\n}\n", " {\"runtimes\": {\"x\": {\"path\": \"/x\"}}}\n"),
            (#"{"n":1E+2}"#, #"{"n":1E+2,"runtimes":{"x":{"path":"/x"}}}"#),
            ("{\n  \"n\": -0.0\n}", "{\n  \"n\": -0.0,\n  \"runtimes\": {\"x\": {\"path\": \"/x\"}}\n}"),
            (#"{"runtimes": {"x": {}}}"#, #"{"runtimes": {"x": {"path": "/x"}}}"#),
            (#"{"runtimes": {"x": {"path": "/old", "a": 1}}}"#, #"{"runtimes": {"x": {"path": "/x", "a": 1}}}"#),
            // The last one counts.
            (#"{"runtimes":1,"runtimes":{}}"#, #"{"runtimes":1,"runtimes":{"x": {"path": "/x"}}}"#),
        ])
    func set(text: String, expected: String) throws {
        var document = try Document(text.utf8)
        try document.set("/x", at: "runtimes", "x", "path")
        #expect(Self.text(document) == expected)
        #expect(try document.value(String.self, at: "runtimes", "x", "path") == "/x")
    }

    @Test(
        "a value of any kind takes the place of another",
        arguments: [
            (#"{"a": {"b": [1, 2]}, "c": null}"#, #"{"a": {"b": ["x","y/z"]}, "c": null}"#),
            (#"{"a": {"b": "\""}}"#, #"{"a": {"b": ["x","y/z"]}}"#),
        ])
    func replace(text: String, expected: String) throws {
        var document = try Document(text.utf8)
        try document.set(["x", "y/z"], at: "a", "b")
        #expect(Self.text(document) == expected)
    }

    @Test(
        "a value is removed with its comma, and every other byte stays",
        arguments: [
            (#"{"a": {"b": 1}}"#, #"{"a": {}}"#),
            (#"{"a": { "b": 1 , "c": 2 }}"#, #"{"a": { "c": 2 }}"#),
            (#"{"a": { "c": 2 , "b": 1 }}"#, #"{"a": { "c": 2  }}"#),
            (
                "{\n  \"a\": {\n    \"c\": 2,\n    \"b\": 1,\n    \"d\": 3\n  }\n}",
                "{\n  \"a\": {\n    \"c\": 2,\n    \"d\": 3\n  }\n}"
            ),
            ("{\n  \"a\": {\n    \"c\": 2,\n    \"b\": 1\n  }\n}", "{\n  \"a\": {\n    \"c\": 2\n  }\n}"),
            (#"{"a":{"b":1,"b":{"b":2},"c":3,"b":[]}}"#, #"{"a":{"c":3}}"#),
            (#"{"a":{"c":3}}"#, #"{"a":{"c":3}}"#),
            (#"{"a":[]}"#, #"{"a":[]}"#),
            ("[1]", "[1]"),
        ])
    func remove(text: String, expected: String) throws {
        var document = try Document(text.utf8)
        try document.remove(at: "a", "b")
        #expect(Self.text(document) == expected)
    }

    @Test("a value is found under its keys, whatever they are written like")
    func values() throws {
        let document = try Document(#" {"a\u002fb": {"é": [1,2]}, "n": null, "n": 7, "s": "x", "\ud800": 1} "#.utf8)
        #expect(try document.value([Int].self, at: "a/b", "é") == [1, 2])
        #expect(try document.value(Int.self, at: "n") == 7)
        #expect(try document.value(Int.self, at: "n", "m") == nil)
        #expect(try document.value(Int.self, at: "other") == nil)
        #expect(document.keys() == ["a/b", "n", "n", "s", #""\ud800""#])
        #expect(document.keys(at: "s") == nil && document.keys(at: "other") == nil)
        let error = #expect(throws: JSONError.self) { try document.value(Int.self, at: "s") }
        #expect(error?.description.hasPrefix(#""s": "#) == true)
    }

    @Test(
        "what is not an object takes no key",
        arguments: [
            ("[]", "the document is not an object"), ("3", "the document is not an object"),
            (#"{"a":[]}"#, #""a" is not an object"#),
            (#"{"a":{"b":null}}"#, #""a.b" is not an object"#),
        ])
    func noObject(text: String, reason: String) throws {
        var document = try Document(text.utf8)
        let error = #expect(throws: JSONError.self) { try document.set(1, at: "a", "b", "c") }
        #expect(error?.description == reason)
        #expect(Self.text(document) == text)
    }

    @Test(
        "numbers, words and strings are read to their end",
        arguments: [
            "0", "-0", "-1.5e-3", "1E+2", "18446744073709551615", "true", "false", "null", #""\"\\\/\b\f\n\r\t\u0aF9""#,
            "[]",
            "[ ]", "[[],{}]", "{ }", " \t\r\n1 ",
        ])
    func accepted(text: String) throws {
        #expect(Self.text(try Document(text.utf8)) == text)
    }

    @Test(
        "what is no JSON is refused with its place",
        arguments: [
            ("", "line 1, column 1: the text ends too early"), ("\n{", "line 2, column 2: the text ends too early"),
            ("{\n  \"é\": 1,\n}", "line 3, column 1: no key in quotes"),
            (#"{"é" 1}"#, "line 1, column 6: no colon after a key"),
            (#"{"a": 1 "b": 2}"#, "line 1, column 9: neither comma nor }"),
            ("[1 2]", "line 1, column 4: neither comma nor ]"),
            ("[1,]", "line 1, column 4: no value"), ("{a: 1}", "line 1, column 2: no key in quotes"),
            ("// comment\n{}", "line 1, column 1: no value"), ("\u{FEFF}{}", "line 1, column 1: no value"),
            ("{} {}", "line 1, column 4: more text after the value"),
            ("01", "line 1, column 2: more text after the value"),
            ("[+1]", "line 1, column 2: no value"), ("[1.]", "line 1, column 4: a digit is missing"),
            ("[-]", "line 1, column 3: a digit is missing"), ("[1e]", "line 1, column 4: a digit is missing"),
            ("nul", "line 1, column 1: no value"), ("\"a", "line 1, column 3: the text ends too early"),
            ("\"\t\"", "line 1, column 2: a control character in a string"),
            (#""\x""#, "line 1, column 3: an unknown escape"),
            (#""\u12g4""#, "line 1, column 6: not four hexadecimal digits"),
            (String(repeating: "[", count: 600), "line 1, column 501: nested deeper than 500 levels"),
        ])
    func refused(text: String, reason: String) {
        let error = #expect(throws: JSONError.self) { try Document(text.utf8) }
        #expect(error?.description == reason)
    }
}
