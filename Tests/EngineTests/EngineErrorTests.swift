// SPDX-License-Identifier: Apache-2.0

import Engine
import Glibc
import Testing

@Suite("Engine error")
struct EngineErrorTests {
    @Test(
        "each is one line: what was tried, what came of it, what to do",
        arguments: [
            (.unusableHost("x", reason: "r"), "DOCKER_HOST=x: r"),
            (
                .unreachable(socket: "/s", code: 5, reason: "Input/output error"),
                "connect to Docker at /s: Input/output error. See systemctl status docker.service"
            ),
            (
                .timedOut(call: "GET /a", after: .seconds(10)),
                "GET /a: no answer from Docker within 10 s. See systemctl status docker.service"
            ),
            (
                .cut(call: "GET /a", reason: "r"),
                "GET /a: Docker closed the connection (r). See journalctl -u docker.service"
            ),
            (
                .garbage(call: "GET /a", reason: "not JSON"),
                "GET /a: invalid response from Docker (not JSON). Does another program listen on its socket?"
            ),
            (.refused(call: "GET /a", status: 404, message: "no"), "GET /a: Docker answered 404: no"),
            (.unusableVersion("too old"), "too old"),
        ] as [(EngineError, String)])
    func text(error: EngineError, text: String) {
        #expect(error.description == text)
    }

    @Test(
        "an Engine is away when nobody listens, answers or is well enough to",
        arguments: [
            (.unreachable(socket: "/s", code: ENOENT, reason: "r"), true),
            (.unreachable(socket: "/s", code: ECONNREFUSED, reason: "r"), true),
            (.unreachable(socket: "/s", code: EACCES, reason: "r"), false),
            (.unreachable(socket: "/s", code: ENAMETOOLONG, reason: "r"), false),
            (.cut(call: "c", reason: "r"), true), (.timedOut(call: "c", after: .seconds(1)), true),
            (.refused(call: "c", status: 503, message: ""), true),
            (.refused(call: "c", status: 500, message: ""), false),
            (.garbage(call: "c", reason: "r"), false), (.unusableHost("h", reason: "r"), false),
            (.unusableVersion("v"), false),
        ] as [(EngineError, Bool)])
    func away(error: EngineError, isAway: Bool) {
        #expect(error.isAway == isAway)
    }

    @Test("only a refusal has a status; 404 and 409 have names")
    func status() {
        let notFound = EngineError.refused(call: "c", status: 404, message: "")
        let conflict = EngineError.refused(call: "c", status: 409, message: "")
        #expect((notFound.status, notFound.isNotFound, notFound.isConflict) == (404, true, false))
        #expect((conflict.status, conflict.isNotFound, conflict.isConflict) == (409, false, true))
        let other = EngineError.garbage(call: "c", reason: "")
        #expect(other.status == nil)
        #expect(!other.isNotFound)
        #expect(!other.isConflict)
    }
}
