// SPDX-License-Identifier: Apache-2.0

import JSON
import Linux
import Support
import Systemd

@testable import Commands
@testable import Output
@testable import Images
@testable import Engine

extension Decoder {
    static let json = [
        Decoder("JSON documents", documents, cost: 3) { input in
            guard var document = try? Document(input) else { return }
            _ = (document.keys(), document.keys(at: "runtimes", "x"))
            _ = try? document.value(String.self, at: "annotations", "io.systemd-docker.runtime")
            _ = try? document.value([String].self, at: "process", "env")
            try? document.set("/unit/container", at: "linux", "cgroupsPath")
            try? document.set(["A=1"], at: "process", "env")
            try? document.remove(at: "runtimes", "x")
            // What it has written, it reads again.
            _ = try Document(document.text)
        },
        Decoder("base64", ["dXNlcjpwYXNzd29yZA=="]) { _ = decodeBase64(text($0)) },
    ]

    private static let documents = [
        #"{"runtimes":{"x":{"path":"/x","runtimeArgs":["--a"]},"y":{"path":"/y"}},"a":-1.5e3,"b":"\u00e9\ud83d\ude00"}"#,
        #"{"linux":{"cgroupsPath":"a:b:c"},"process":{"env":["PATH=/bin","B=2"]},"annotations":{"io.systemd-docker.runtime":"runc\n--x"}}"#,
        "{}", "[[1,2],{\"a\":null}]", deep,
    ]

    /// As deep as it takes to end Foundation's decoder.
    private static let deep = String(repeating: "[", count: 513)

    // MARK: The Engine

    private static let container = #"""
        {"Id":"5ca1ab1e","Name":"/web","Image":"sha256:1","State":{"Status":"running","Running":true,"Pid":4711,\#
        "ExitCode":0,"StartedAt":"2026-11-21T14:17:19.587279064Z","Health":{"Status":"healthy","FailingStreak":2,\#
        "Log":[{"Start":"2026-11-21T14:17:19Z","End":"2026-11-21T14:17:20Z","ExitCode":1,"Output":"no\n"}]}},\#
        "Config":{"Tty":false,"StopSignal":"SIGRTMIN+3","StopTimeout":10,"Labels":{"a":"b"},\#
        "Healthcheck":{"Test":["CMD","true"],"Interval":1000000000,"Timeout":2,"StartInterval":3,"Retries":3}},\#
        "HostConfig":{"AutoRemove":true,"CgroupParent":"","Runtime":"runc"}}
        """#
    private static let image = #"""
        {"Id":"sha256:1","RepoTags":["a:1"],"RepoDigests":null,"Size":2500000,"Created":1795270639,\#
        "Metadata":{"LastTagTime":"2026-11-21T15:17:19.5+01:00"}}
        """#
    private static let info = #"""
        {"CgroupDriver":"systemd","Runtimes":{"runc":{"path":"runc"},"x":{"path":"/x","runtimeArgs":["a"]}},\#
        "DefaultRuntime":"runc","SecurityOptions":["name=rootless"],"IndexServerAddress":"https://index/v1/"}
        """#
    private static let event = #"""
        {"Type":"container","Action":"health_status: healthy","Actor":{"ID":"5ca1ab1e","Attributes":{"a":"b"}},\#
        "time":1795270639,"timeNano":1795270639587279064}
        """#
    private static let progress = """
        {"status":"Pulling from library/web","id":"1.25"}\r
        {"status":"Pulling fs layer","progressDetail":{},"id":"a"}\r
        {"status":"Downloading","progressDetail":{"current":50,"total":100},"progress":"[>]","id":"a"}\r
        {"status":"Downloading","progressDetail":{"current":4611686018427387904,"total":4611686018427387904},"id":"b"}\r
        {"status":"Download complete","progressDetail":{},"id":"a"}\r
        {"status":"Extracting","progressDetail":{"current":50,"total":100},"progress":"[>]","id":"a"}\r
        {"status":"Pull complete","progressDetail":{},"id":"a"}\r
        {"status":"Digest: sha256:1"}\r
        {"stream":"Loaded image: a:1\\n"}\r
        {"errorDetail":{"code":500,"message":"no"},"error":"no"}\r

        """

    static let engine = [
        Decoder("a container", [container, container.replacing("1000000000,", with: "\(Int64.max),"), deep]) { input in
            guard let found = try? JSON.decode(Container.self, from: input) else { return }
            _ = (found.config.healthcheck?.longestRound, found.config.healthcheck?.effectiveRetries)
            _ = (found.config.hasHealthcheck, found.config.stopSignal.flatMap(Signal.init(named:)))
        },
        Decoder("images", ["[\(image)]", image]) { input in
            let found = (try? JSON.decode([ImageSummary].self, from: input)) ?? []
            let one = (try? JSON.decode(Image.self, from: input)).map { [$0] } ?? []
            for image in found.map(\.image) + one { _ = PullProgress.text(bytes: Double(image.size)) }
        },
        Decoder(
            "other answers",
            [
                info, "[{\"Id\":\"1\",\"Names\":[\"/a\"],\"ImageID\":\"sha256:1\",\"Labels\":{}}]",
                #"{"Running":false,"ExitCode":3}"#, #"{"Id":"1","Warnings":null}"#,
            ]
        ) { input in
            _ = try? JSON.decode(SystemInfo.self, from: input)
            _ = try? JSON.decode([ContainerSummary].self, from: input)
            _ = try? JSON.decode(ExecState.self, from: input)
            _ = try? JSON.decode(CreatedContainer.self, from: input)
        },
        Decoder("an event", [event]) { input in
            guard let message = try? JSON.decode(ContainerEvent.Message.self, from: input),
                let event = ContainerEvent(message)
            else { return }
            _ = event.time - OutputTail.delay
        },
        Decoder("a pull's progress", [progress]) { input in
            var sieve = ProgressSieve(interval: .zero)
            var progress = PullProgress(since: 0)
            for (time, line) in sieve.lines(input + [10]).enumerated() {
                guard let line, let message = try? JSON.decode(ProgressMessage.self, from: line) else { continue }
                progress.take(message)
                _ = (progress.text(at: UInt64(time)), progress.bar("web", columns: time % 100))
            }
        },
        Decoder("versions and hosts", ["v1.45", "unix:///run/docker.sock"]) {
            let text = text($0)
            _ = (APIVersion(text), try? Host(environment: ["DOCKER_HOST": text]))
        },
        Decoder("answers on the line", bytes: answers, cost: 10) { try await EngineOnLine.shared.answer($0) },
    ]

    /// HTTP, as it comes from the socket.
    private static let answers: [[UInt8]] = {
        var answers = [Answer.head(101, ["Upgrade": "tcp"]) + [1, 0, 0, 0, 0, 0, 0, 2, 104, 10]]
        for body in [container, "[\(image)]", info, progress, event + "\n", #"{"message":"no such container"}"#] {
            for status in [200, 404] {
                answers.append(Answer.head(status, ["Content-Length": "\(body.utf8.count)"]) + Array(body.utf8))
            }
            answers.append(
                Answer.head(200, ["Transfer-Encoding": "chunked"]) + Answer.chunk(body) + Answer.chunk(""))
        }
        return answers
    }()
}

/// A client and an Engine that answers whatever it is told to, to each call of ours.
@LoopActor
private final class EngineOnLine {
    static let shared = EngineOnLine()

    private var engine: FakeEngine?
    private var round = 0

    nonisolated init() {}

    func answer(_ bytes: [UInt8]) async throws {
        // Each remembers all that it was asked.
        if round % 200 == 0 { engine = try FakeEngine() }
        guard let engine else { return }
        round += 1
        let client = try await Client.connect(environment: engine.environment)
        for (method, path) in [("GET", "/info"), ("GET", "/a/*/json"), ("GET", "/events")] {
            engine.on(method, path, Answer(.send(bytes), .close))
        }
        for path in ["containers/*/json", "containers/json", "images/*/json", "images/json", "exec/*/json"] {
            engine.on("GET", "/\(path)", Answer(.send(bytes), .close))
        }
        for path in ["containers/*/attach", "containers/*/wait", "images/create", "containers/*/exec"] {
            engine.on("POST", "/\(path)", Answer(.send(bytes), .close))
        }
        engine.on("GET", "/containers/*/logs", Answer(.send(bytes), .close))
        switch round % 10 {
        case 0: _ = try? await client.info()
        case 1: _ = try? await client.inspect("a")
        case 2: _ = try? await client.list()
        case 3: _ = try? await client.images()
        case 4: _ = try? await client.wait("a", until: .notRunning).exitCode()
        case 5: _ = try? await client.pull("a", tag: "1", authorization: "e30=") { _ in }
        case 6:
            guard let events = try? await client.events(of: "a", [.die]) else { return }
            while (try? await events.next()) != nil {}
        case 7:
            guard let log = try? await client.logs("a", since: LogTime(nanoseconds: 0)) else { return }
            while let piece = try? await log.read(), !piece.isEmpty {}
        case 8:
            guard let stream = try? await client.attach("a", withInput: false) else { return }
            while let piece = try? await stream.read(), !piece.isEmpty {}
        default: _ = try? await client.inspectExec("a")
        }
    }
}
