// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Engine

@Suite("Request")
struct RequestTests {
    @Test(
        "what may not stand in a path or a query is escaped, byte by byte",
        arguments: [
            ("web-1_a.b~c", "web-1_a.b~c"), ("a b", "a%20b"), ("a/b?c#d", "a%2Fb%3Fc%23d"), ("é", "%C3%A9"),
            ("100%", "100%25"), ("a+b&c=d", "a%2Bb%26c%3Dd"), ("\n\u{1}", "%0A%01"),
            ("web@1.service", "web%401.service"),
            ("", ""),
        ])
    func escape(text: String, escaped: String) {
        #expect(Request.escape(text) == escaped)
    }

    @Test("the target is the path and the query in its order; errors name the path alone")
    func target() {
        let request = Request(.post, "/a", query: [("z", "1"), ("a", "x y"), ("z", "2")])
        #expect(request.target == "/a?z=1&a=x%20y&z=2")
        #expect(request.call == "POST /a")
        #expect(Request(.get, "/a").target == "/a")
    }

    @Test("errors show as much of an ID as docker does, and names whole")
    func call() {
        let id = String(repeating: "0123456789abcdef", count: 4)
        #expect(Request(.post, "/containers/\(id)/start").call == "POST /containers/0123456789ab/start")
        #expect(Request(.post, "/containers/\(id)/start").target == "/containers/\(id)/start")
        for name in [id + "0", String(id.dropLast()), id.replacing("a", with: "g")] {
            #expect(Request(.delete, "/containers/\(name)").call == "DELETE /containers/\(name)")
        }
    }

    @Test("a request has a time limit unless it is meant to wait")
    func limit() {
        #expect(Request(.get, "/a").timeout == .seconds(120))
        #expect(Request(.get, "/a", timeout: nil).timeout == nil)
    }

    @Test("requests are equal that say the same on the wire")
    func equality() {
        #expect(Request(.get, "/a", query: [("b", "1")]) == Request(.get, "/a", query: [("b", "1")]))
        #expect(Request(.get, "/a", query: [("b", "1")]) != Request(.get, "/a", query: [("b", "2")]))
        #expect(Request(.get, "/a") != Request(.head, "/a"))
        #expect(Request(.post, "/a", body: [1]) != Request(.post, "/a"))
    }
}
