// SPDX-License-Identifier: Apache-2.0

import Linux
import Support
import Systemd
import Testing

/// A request of the launch, and what is to be cleared away when it comes to nothing.
struct Stage: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var method: String
    var path: String
    /// What the Engine answers to such requests before this one.
    var earlier: [Answer] = []
    /// The container is there by then.
    var isCreated = true

    static let id = Docker.path
    static let all = [
        Stage(testDescription: "ping", method: "GET", path: "/_ping", isCreated: false),
        Stage(testDescription: "lookup", method: "GET", path: "/containers/web/json", isCreated: false),
        Stage(testDescription: "creation", method: "POST", path: "/containers/create", isCreated: false),
        Stage(testDescription: "look at the new container", method: "GET", path: "\(id)/json"),
        Stage(testDescription: "wait", method: "POST", path: "\(id)/wait"),
        Stage(testDescription: "attachment", method: "POST", path: "\(id)/attach"),
        Stage(testDescription: "start", method: "POST", path: "\(id)/start"),
        Stage(
            testDescription: "look at the started container", method: "GET", path: "\(id)/json",
            earlier: [Docker.Inspection().answer]),
    ]
    static let afterPing = Array(all.dropFirst())

    /// Makes the Engine answer this when it comes so far.
    @LoopActor
    func fails(_ docker: Docker, with answer: Answer) {
        // The ping of the clearing finds an Engine that is well again.
        let ping = Answer.json("OK", headers: ["Api-Version": "1.45"])
        switch (earlier.first, path) {
        case (let first?, _): docker.engine.on(method, path, first, answer)
        case (nil, "/_ping"): docker.engine.on(method, path, answer, ping)
        case (nil, _): docker.engine.on(method, path, answer)
        }
    }
}

@Suite("A launch that fails", .timeLimit(.minutes(1)))
struct LaunchTests {
    init() { LoopThread.start() }

    /// One line, and nothing left.
    @LoopActor
    private func expectFailure(
        _ docker: Docker, _ end: Wrapper.End, status: Linux.ExitStatus = .exited(125), isCreated: Bool,
        _ comment: Comment? = nil
    ) {
        #expect(end.status == status, comment)
        #expect(end.output.isEmpty, comment)
        #expect(end.error.count { $0 == "\n" } == 1 && end.error.hasSuffix("\n"), "\(end.error)")
        #expect(end.error.hasPrefix("systemd-docker: "), "\(end.error)")
        #expect((docker.asked.last == "DELETE /containers/ID") == isCreated, "\(docker.asked)")
        let removal = docker.engine.received.last { $0.method == "DELETE" }
        #expect(!isCreated || removal?.query == "force=1&v=1")
    }

    @Test(
        "clears away what it has made, whatever the Engine's answer", arguments: Stage.afterPing, [400, 403, 500, 503])
    @LoopActor
    func refused(stage: Stage, status: Int) async throws {
        let docker = try Docker(MainProcess())
        stage.fails(docker, with: .refusal(status, "no\nway"))
        let end = try await docker.run().end()
        expectFailure(docker, end, isCreated: stage.isCreated)
        #expect(end.error.contains("Docker answered \(status): no way"))
    }

    @Test("clears away what it has made when the connection is cut", arguments: Stage.all)
    @LoopActor
    func cut(stage: Stage) async throws {
        let docker = try Docker(MainProcess())
        stage.fails(docker, with: .closed)
        let end = try await docker.run(wrapper: ["--engine-timeout", "0"]).end()
        expectFailure(docker, end, isCreated: stage.isCreated)
    }

    @Test(
        "clears away what it has made when the answer is garbage",
        arguments: Stage.all.map { ($0, "SSH-2.0-OpenSSH_9.2\r\n\r\n") }
            // Of a start only the status counts, of a wait and an attachment only the header for now.
            + Stage.all.filter { !["start", "wait", "attachment"].contains($0.testDescription) }
            .map { ($0, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}}") })
    @LoopActor
    func garbage(stage: Stage, text: String) async throws {
        let docker = try Docker(MainProcess())
        stage.fails(docker, with: .raw(text))
        expectFailure(docker, try await docker.run().end(), isCreated: stage.isCreated)
    }

    @Test(
        "that a signal ends half-way clears away what it has made, and dies by that signal", arguments: Stage.all,
        [Signal.terminate, .interrupt, .hangup, .quit])
    @LoopActor
    func interrupted(stage: Stage, signal: Signal) async throws {
        let docker = try Docker(MainProcess())
        let come = try Gate()
        stage.fails(docker, with: Answer(.open(come), .hang))
        let wrapper = try docker.run()
        try await come.opened()
        wrapper.send(signal)
        let end = try await wrapper.end()
        expectFailure(docker, end, status: .signaled(signal), isCreated: stage.isCreated)
        #expect(end.error == "systemd-docker: \(signal) before the container was up\n")
    }

    @Test("ends at a signal that kills, not at one that does not")
    @LoopActor
    func harmless() async throws {
        let docker = try Docker(MainProcess())
        let (come, go) = (try Gate(), try Gate())
        docker.engine.on("POST", "\(Docker.path)/start", Answer(.open(come), .pass(go), Answer.empty(204).steps[0]))
        let wrapper = try docker.run([])
        try await come.opened()
        for signal in [Signal.continue, .windowChange, .user1] { wrapper.send(signal) }
        go.open()
        // It was the container's, and is its death.
        #expect(try await docker.process.ended() == .signaled(.user1))
        try await docker.streams.close()
        docker.reported.open()
        #expect(
            try await wrapper.end().status == (Linux.Process.kernelTellsExitStatus ? .signaled(.user1) : .exited(0)))
    }

    @Test(
        "tells of the command as docker run does",
        arguments: [
            (#"runc create failed: exec: "nope": executable file not found in $PATH: unknown"#, 127),
            (#"runc create failed: exec: "/nope": stat /nope: no such file or directory: unknown"#, 127),
            (#"runc create failed: exec: "/etc/passwd": permission denied: unknown"#, 126),
            ("Bind for 0.0.0.0:80 failed: port is already allocated", 125),
        ] as [(String, UInt8)])
    @LoopActor
    func command(message: String, code: UInt8) async throws {
        let docker = try Docker(MainProcess())
        docker.engine.on("POST", "\(Docker.path)/start", .refusal(400, message))
        let end = try await docker.run([]).end()
        expectFailure(docker, end, status: .exited(code), isCreated: true)
        #expect(end.error.contains(message))
    }

    @Test("of an image that is not there says so, and what to do")
    @LoopActor
    func noImage() async throws {
        let docker = try Docker(MainProcess())
        docker.engine.on("POST", "/containers/create", .refusal(404, "No such image: image:latest"))
        let end = try await docker.run(["--rm", "--pull", "never"]).end()
        expectFailure(docker, end, isCreated: false)
        #expect(end.error.contains("No such image: image:latest: bring it in with --load FILE"))
    }

    @Test("waits for the removal where somebody else is at it")
    @LoopActor
    func removalInProgress() async throws {
        let docker = try Docker(MainProcess())
        docker.engine.on("POST", "\(Docker.path)/start", .refusal(500, "no"))
        docker.engine.on("DELETE", Docker.path, .refusal(409, "removal of container web is already in progress"))
        let wrapper = try docker.run()
        _ = try await docker.engine.arrival(of: "DELETE", Docker.path)
        docker.reported.open()
        #expect(try await wrapper.end().status == .exited(125))
        #expect(docker.engine.received.last?.query == "condition=removed")
    }

    @Test("without --rm leaves a container that was there before, and stops it if it was started")
    @LoopActor
    func keptContainer() async throws {
        let docker = try Docker(MainProcess())
        docker.has("exited")
        docker.engine.on("POST", "\(Docker.path)/kill", .empty(204))
        docker.engine.on("GET", "\(Docker.path)/json", .refusal(500, "no"))
        #expect(try await docker.run([]).end().status == .exited(125))
        #expect(docker.asked.last == "POST /containers/ID/kill")
        #expect(docker.engine.received.last?.query == "signal=9")
    }

    @Test(
        "of our own command line is 64, one line, and asks Docker nothing",
        arguments: ["im\nage", "--nope", "IMAGE", ""])
    @LoopActor
    func usage(word: String) async throws {
        let docker = try Docker(MainProcess())
        let end = try await docker.run([word]).end()
        #expect(end.status == .exited(64))
        #expect(end.error.count { $0 == "\n" } == 1)
        #expect(docker.engine.received.isEmpty)
    }

    @Test("has its level marked where stderr leads to the journal, and only there", arguments: [true, false])
    @LoopActor
    func levels(isJournal: Bool) async throws {
        let end = try await Wrapper(
            ["run", "--nope"], environment: ["JOURNAL_STREAM": "1:1"], markingLevels: isJournal
        ).end()
        #expect(end.error.hasPrefix(isJournal ? "<3>systemd-docker: " : "systemd-docker: "))
    }
}
