// SPDX-License-Identifier: Apache-2.0

import Linux
import Support
import Systemd
import Testing

@testable import Engine

/// A call of the API, with what it must look like on the wire.
struct EndpointCall: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let method: String
    /// For a container called `web 1/é`.
    let path: String
    let query: String
    /// A good answer.
    let answer: Answer
    let call: @LoopActor (_ client: Client, _ container: String) async throws -> Void

    var escapedPath: String { path.replacing("*", with: "web%201%2F%C3%A9") }

    static let inspected = """
        {"Id":"c1","Name":"/web","State":{"Status":"exited","Running":false,"Pid":0,"ExitCode":137,"Error":""},
        "Image":"sha256:1","Config":{"Tty":true,"StopSignal":"SIGQUIT","StopTimeout":5,"Image":"busybox"},
        "HostConfig":{"AutoRemove":true,"CgroupParent":"web.slice","Memory":0,
        "NetworkMode":"host","RestartPolicy":{"Name":"always"}}}
        """

    static let all = containers + images

    private static let containers: [EndpointCall] = [
        EndpointCall(
            testDescription: "info", method: "GET", path: "/info", query: "",
            answer: .json(#"{"CgroupDriver":"cgroupfs","Containers":3,"IndexServerAddress":"https://index/v1/"}"#)
        ) { client, _ in
            let info = try await client.info()
            #expect(info.cgroupDriver == "cgroupfs")
            #expect(info.indexServer == "https://index/v1/")
        },
        EndpointCall(
            testDescription: "inspect", method: "GET", path: "/containers/*/json", query: "",
            answer: .json(inspected)
        ) { client, container in
            let found = try await client.inspect(container)
            #expect(found.id == "c1")
            #expect(found.state == .init(status: .exited, isRunning: false, process: 0, exitCode: 137))
            #expect(found.config == .init(image: "busybox", hasTerminal: true, stopSignal: "SIGQUIT", stopTimeout: 5))
            #expect(found.image == "sha256:1")
            #expect(found.hostConfig.restartsItself)
            #expect(
                found.hostConfig
                    == .init(
                        removesItself: true, cgroupParent: "web.slice", networkMode: "host",
                        restartPolicy: .init(name: "always")))
        },
        EndpointCall(
            testDescription: "remove restart policy", method: "POST", path: "/containers/*/update", query: "",
            answer: .json(#"{"Warnings":null}"#)
        ) { client, container in
            try await client.removeRestartPolicy(of: container)
        },
        EndpointCall(
            testDescription: "list", method: "GET", path: "/containers/json", query: "all=1",
            answer: .json(#"[{"Id":"c1","Names":["/web","/other/web"],"ImageID":"i1"}]"#)
        ) { client, _ in
            let all = try await client.list()
            #expect(all.map(\.id) == ["c1"] && all.map(\.names) == [["/web", "/other/web"]])
        },
        EndpointCall(
            testDescription: "create", method: "POST", path: "/containers/create", query: "name=*",
            answer: .json(#"{"Id":"c1","Warnings":["no swap limit"]}"#, status: 201)
        ) { client, container in
            let made = try await client.create(CreateRequest(image: "busybox"), name: container)
            #expect(made.id == "c1")
            #expect(made.warnings == ["no swap limit"])
        },
        EndpointCall(
            testDescription: "make exec", method: "POST", path: "/containers/*/exec", query: "",
            answer: .json(#"{"Id":"e1"}"#, status: 201)
        ) { client, container in
            let exec = try await client.makeExec(container, command: ["true"])
            #expect(exec == "e1")
        },
        EndpointCall(
            testDescription: "inspect exec", method: "GET", path: "/exec/*/json", query: "",
            answer: .json(#"{"ID":"e1","Running":false,"ExitCode":3,"Pid":7}"#)
        ) { client, exec in
            let state = try await client.inspectExec(exec)
            #expect(state == ExecState(isRunning: false, exitCode: 3))
        },
        EndpointCall(
            testDescription: "write", method: "PUT", path: "/containers/*/archive",
            query: "path=%2F&noOverwriteDirNonDir=true", answer: .json("")
        ) { client, container in
            try await client.write([], to: "/a", mode: 0o600, in: container)
        },
        EndpointCall(
            testDescription: "start", method: "POST", path: "/containers/*/start", query: "", answer: .empty(204)
        ) { client, container in
            try await client.start(container)
        },
        EndpointCall(
            testDescription: "stop", method: "POST", path: "/containers/*/stop", query: "", answer: .empty(204)
        ) { client, container in
            try await client.stop(container)
        },
        EndpointCall(
            testDescription: "stop, however long it takes", method: "POST", path: "/containers/*/stop", query: "t=-1",
            answer: .empty(204)
        ) { client, container in
            try await client.stop(container, withoutTimeout: true)
        },
        EndpointCall(
            testDescription: "kill", method: "POST", path: "/containers/*/kill", query: "signal=37", answer: .empty(204)
        ) { client, container in
            try await client.kill(container, Signal(rawValue: 37))
        },
        EndpointCall(
            testDescription: "resize", method: "POST", path: "/containers/*/resize", query: "h=24&w=80",
            answer: .json("")
        ) { client, container in
            try await client.resize(container, rows: 24, columns: 80)
        },
        EndpointCall(
            testDescription: "remove", method: "DELETE", path: "/containers/*", query: "force=1&v=1",
            answer: .empty(204)
        ) { client, container in
            try await client.remove(container)
        },
        EndpointCall(
            testDescription: "wait", method: "POST", path: "/containers/*/wait", query: "condition=next-exit",
            answer: .chunked([#"{"StatusCode":3,"#, #""Error":null}"#])
        ) { client, container in
            let code = try await client.wait(container, until: .nextExit).exitCode()
            #expect(code == 3)
        },
        EndpointCall(
            testDescription: "wait until removed", method: "POST", path: "/containers/*/wait",
            query: "condition=removed", answer: .json(#"{"StatusCode":0}"#)
        ) { client, container in
            try await client.waitUntilRemoved(container)
        },
        EndpointCall(
            testDescription: "connect", method: "POST", path: "/networks/*/connect", query: "", answer: .json("")
        ) { client, network in
            try await client.connect("c1", to: network, as: CreateRequest.Endpoint())
        },
        EndpointCall(
            testDescription: "attach", method: "POST", path: "/containers/*/attach",
            query: "stream=1&stdout=1&stderr=1&stdin=1", answer: .raw("HTTP/1.1 101 UPGRADED\r\n\r\nhello")
        ) { client, container in
            let bytes = try await client.attach(container, withInput: true).read()
            #expect(bytes == Array("hello".utf8))
        },
        EndpointCall(
            testDescription: "attach without input", method: "POST", path: "/containers/*/attach",
            query: "stream=1&stdout=1&stderr=1", answer: .raw("HTTP/1.1 200 OK\r\nContent-Type: x\r\n\r\nhello")
        ) { client, container in
            let bytes = try await client.attach(container, withInput: false).read()
            #expect(bytes == Array("hello".utf8))
        },
    ]
}

@Suite("Endpoints", .timeLimit(.minutes(1)))
struct EndpointTests {
    private let engine: FakeEngine

    init() throws {
        LoopThread.start()
        engine = try FakeEngine()
    }

    @LoopActor
    private func failure(_ endpoint: EndpointCall, _ answer: Answer) async throws -> EngineError? {
        engine.on(endpoint.method, endpoint.path, answer)
        let client = try await Client.connect(environment: engine.environment)
        do {
            try await endpoint.call(client, "web")
            return nil
        } catch let error as EngineError {
            return error
        }
    }

    private func name(_ endpoint: EndpointCall) -> String {
        "\(endpoint.method) \(endpoint.path.replacing("*", with: "web"))"
    }

    @Test(
        "a call is one request, with the container's name escaped, and understands the answer",
        arguments: EndpointCall.all)
    @LoopActor
    func request(endpoint: EndpointCall) async throws {
        engine.on(endpoint.method, endpoint.path, endpoint.answer)
        let client = try await Client.connect(environment: engine.environment)
        try await endpoint.call(client, "web 1/é")
        #expect(engine.received.count == 2)
        let request = try #require(engine.received.last)
        #expect(request.method == endpoint.method)
        #expect(request.version == "1.45")
        #expect(request.path == endpoint.escapedPath)
        #expect(request.query == endpoint.query.replacing("*", with: "web%201%2F%C3%A9"))
        let hasBody = ["create", "connect", "load", "make exec", "write", "remove restart policy"]
            .contains(endpoint.testDescription)
        #expect(request.body.isEmpty == !hasBody)
    }

    @Test("a 500 is an error with the Engine's own words", arguments: EndpointCall.all)
    @LoopActor
    func serverError(endpoint: EndpointCall) async throws {
        let error = try await failure(endpoint, .refusal(500, "OCI runtime create failed: \"sh\": exec:\n not found"))
        #expect(
            error
                == .refused(
                    call: name(endpoint), status: 500, message: "OCI runtime create failed: \"sh\": exec:  not found"))
    }

    @Test("a 404 is an error that can be asked for, where the container has to be there", arguments: EndpointCall.all)
    @LoopActor
    func notFound(endpoint: EndpointCall) async throws {
        let error = try await failure(endpoint, .refusal(404, "No such container: web"))
        if ["remove", "wait until removed", "remove image"].contains(endpoint.testDescription) {
            #expect(error == nil)
        } else {
            #expect(error == .refused(call: name(endpoint), status: 404, message: "No such container: web"))
            #expect(error?.isNotFound == true)
        }
    }

    @Test("a 409 is an error that can be asked for, where it is not waited out", arguments: EndpointCall.all)
    @LoopActor
    func conflict(endpoint: EndpointCall) async throws {
        engine.on("POST", "/containers/*/wait", .json(#"{"StatusCode":0}"#))
        let error = try await failure(endpoint, .refusal(409, "container web is paused"))
        if endpoint.testDescription == "remove" {
            #expect(error == nil)
        } else {
            #expect(error?.isConflict == true)
        }
    }

    @Test(
        "an error that is not in the Engine's form is quoted in one line, and not at length",
        arguments: EndpointCall.all)
    @LoopActor
    func foreignError(endpoint: EndpointCall) async throws {
        let body = "<html>\r\n<body>502\nBad Gateway</body>\n" + String(repeating: "x", count: 1000)
        let error = try await failure(endpoint, .json(body, status: 502))
        let message = try #require(error?.description.split(separator: "answered 502: ").last)
        #expect(message.hasPrefix("<html> <body>502 Bad Gateway</body> x"))
        #expect(message.count <= 200)
    }

    @Test(
        "an answer that is not what the API promises is called so",
        arguments: EndpointCall.all.filter {
            ["info", "inspect", "create", "wait", "inspect image"].contains($0.testDescription)
        },
        [
            ("", "not JSON"), ("<html>", "not JSON"), (#"{"Id":"c1"#, "not JSON"),
            ("[]", #"an unexpected value at """#),
            ("{}", "no key"), (String(repeating: "[", count: 513), "nested deeper than 500 levels"),
        ])
    @LoopActor
    func garbage(endpoint: EndpointCall, answer: (text: String, reason: String)) async throws {
        let error = try await failure(endpoint, .json(answer.text))
        guard case .garbage(name(endpoint), let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.hasPrefix(answer.reason))
    }

    @Test("an Engine that goes away before it answers has broken the connection", arguments: EndpointCall.all)
    @LoopActor
    func closed(endpoint: EndpointCall) async throws {
        let error = try await failure(endpoint, .closed)
        guard case .cut(name(endpoint), _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
