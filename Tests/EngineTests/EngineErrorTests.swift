// SPDX-License-Identifier: Apache-2.0

import Engine
import Testing

@Suite("Engine error")
struct EngineErrorTests {
    @Test(
        "each is one line: what was tried, what came of it, what to do",
        arguments: [
            (.unusableHost("x", reason: "r"), "DOCKER_HOST=x: r"),
            (
                .unreachable(socket: "/s", code: 5, reason: "Input/output error"),
                "connect to Docker at /s: Input/output error: look at systemctl status docker.service"
            ),
            (
                .timedOut(call: "GET /a", seconds: 10),
                "GET /a: no answer from Docker within 10 s: look at systemctl status docker.service"
            ),
            (
                .cut(call: "GET /a", reason: "r"),
                "GET /a: Docker broke the connection (r): look at journalctl -u docker.service"
            ),
            (
                .garbage(call: "GET /a", reason: "not JSON"),
                "GET /a: Docker's answer makes no sense (not JSON): is it Docker that listens there?"
            ),
            (.refused(call: "GET /a", status: 404, message: "no"), "GET /a: Docker answered 404: no"),
            (.unusableVersion("too old"), "too old"),
        ] as [(EngineError, String)])
    func text(error: EngineError, text: String) {
        #expect(error.description == text)
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
