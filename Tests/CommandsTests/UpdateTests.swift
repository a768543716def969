// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import RunOptions
import Support
import Systemd
import Testing

@testable import Commands

@Suite("Updates", .timeLimit(.minutes(1)))
struct UpdateTests {
    private let engine: FakeEngine
    private let folder: TemporaryFolder
    private static let label = "system web.service registry:5000/web"

    init() throws {
        LoopThread.start()
        engine = try FakeEngine()
        folder = try TemporaryFolder()
        engine.on("GET", "/containers/json", Self.containers([Self.label]))
        engine.on("GET", "/containers/c0/json", Self.container("running", health: "healthy"))
        engine.on("GET", "/events", Answer(.send(Answer.head(200, ["Transfer-Encoding": "chunked"])), .hang))
        engine.on("POST", "/images/*/tag", .json("", status: 201))
        engine.on("POST", "/images/create", .chunked([#"{"status":"Digest: sha256:1"}"# + "\r\n"]))
        engine.on("GET", "/images/*/json", .json(#"{"Id":"sha256:new","RepoDigests":["web@sha256:1"]}"#))
        engine.on("DELETE", "/images/*", .json("[]"))
        // A service manager that does as it is told, and ends its restarts one after the other with these statuses.
        try Files.replace(folder["active"], with: "active")
        try Files.replace(folder["ends"], with: "")
        try Files.replace(folder["calls"], with: "")
        try Files.replace(
            folder["systemctl"],
            with: """
                #!/bin/sh
                cd '\(folder.path)' || exit
                echo "$*" >>calls
                case $3 in
                restart)
                    [ -z "$signal" ] || kill -s "$signal" $PPID
                    status=$(sed -n "$(grep -c ' restart ' calls)p" ends)
                    exit ${status:-0} ;;
                show)
                    printf 'ActiveState=%s\\n' "$(cat active)"
                    printf 'InvocationID=%s\\n' "$(grep -c "${another:- restart }" calls)" ;;
                esac
                """)
        #expect(chmod(folder["systemctl"], 0o755) == 0)
    }

    private static func containers(_ labels: [String]) -> Answer {
        let list = labels.enumerated().map { number, label in
            """
            {"Id":"c\(number)","Names":["/web"],"ImageID":"sha256:old\(number == 0 ? "" : "\(number)")",\
            "Labels":{"io.systemd-docker.auto-update":"\(label)"}}
            """
        }
        return .json("[\(list.joined(separator: ","))]")
    }

    private static func container(_ status: String, health: String?) -> Answer {
        let checks = health.map { ($0, #","Healthcheck":{"Test":["CMD","true"]}"#) }
        return .json(
            """
            {"Id":"c0","State":{"Status":"\(status)","Running":\(status == "running"),"Pid":1,"ExitCode":0\
            \(checks.map { #","Health":{"Status":"\#($0.0)","FailingStreak":0}"# } ?? "")},\
            "Config":{"Tty":false\(checks?.1 ?? "")},"HostConfig":{"AutoRemove":false,"CgroupParent":""}}
            """)
    }

    @LoopActor
    private func update(_ options: String..., environment: [String: String] = [:]) async throws -> Wrapper.End {
        try await wrapper(options, environment).end()
    }

    @LoopActor
    private func wrapper(_ options: [String] = [], _ environment: [String: String] = [:]) throws -> Wrapper {
        try Wrapper(
            ["update"] + options,
            environment: engine.environment.merging(["PATH": "\(folder.path):/usr/bin:/bin"]) { $1 }
                .merging(environment) { $1 })
    }

    /// What was changed, in the Engine and in the manager, but for the beginning and the end: the old image's second name.
    private func changes() throws -> [String] {
        let calls = engine.received.filter { $0.method != "GET" }.map { request in
            let tag = request.path.hasSuffix("/tag")
            return "\(request.method) \(request.path)" + (tag ? "?\(request.query)" : "")
        }
        let kept = "repo=systemd-docker-rollback&tag=old"
        #expect(calls.first == "POST /images/sha256%3Aold/tag?\(kept)")
        #expect(calls.last == "DELETE /images/systemd-docker-rollback%3Aold")
        return Array(calls.dropFirst().dropLast())
    }

    private func restarts() throws -> Int {
        let calls = try Files.text(folder["calls"])
        #expect(calls.split(separator: "\n").allSatisfy { $0.hasPrefix("--system --no-ask-password ") })
        #expect(calls.split(separator: "\n").allSatisfy { $0.hasSuffix(" -- web.service") })
        return calls.split(separator: "\n").count { $0.contains(" restart ") }
    }

    private static let change = "registry:5000/web, from old to new"
    private static let goesBack = "POST /images/sha256%3Aold/tag?repo=registry%3A5000%2Fweb&tag=latest"

    @Test("a unit whose image is another one is restarted")
    @LoopActor
    func another() async throws {
        let end = try await update()
        #expect(end == Wrapper.End(status: .exited(0), output: "web.service: updated \(Self.change)\n", error: ""))
        #expect(try changes() == ["POST /images/create"])
        #expect(try restarts() == 1)
        let create = try #require(engine.received.first { $0.path == "/images/create" })
        #expect(create.query == "fromImage=registry%3A5000%2Fweb&tag=latest")
    }

    @Test("one whose image is the newest is left alone, and so is one that is not up", arguments: [true, false])
    @LoopActor
    func leftAlone(isNewest: Bool) async throws {
        if isNewest {
            engine.on("GET", "/images/*/json", .json(#"{"Id":"sha256:old"}"#))
        } else {
            try Files.replace(folder["active"], with: "activating")
        }
        let end = try await update()
        let words = isNewest ? "registry:5000/web is up to date" : "left alone, for it is activating"
        #expect(end == Wrapper.End(status: .exited(0), output: "web.service: \(words)\n", error: ""))
        #expect(try changes() == ["POST /images/create"])
        #expect(try restarts() == 0)
    }

    @Test("the first verdict of a HEALTHCHECK is waited for")
    @LoopActor
    func verdict() async throws {
        let starting = Self.container("running", health: "starting")
        engine.on("GET", "/containers/c0/json", starting, starting, Self.container("running", health: "healthy"))
        let event = #"{"Type":"container","Action":"health_status: healthy","Actor":{"ID":"c0"}}"# + "\n"
        engine.on(
            "GET", "/events",
            Answer(.send(Answer.head(200, ["Transfer-Encoding": "chunked"]) + Answer.chunk(event)), .hang))
        #expect(try await update().output == "web.service: updated \(Self.change)\n")
        #expect(engine.received.count { $0.path == "/containers/c0/json" } == 3)
    }

    /// A way in which a new image may be no good.
    enum Fault: String, CaseIterable { case down, unhealthy, ended, restarted, gone }

    @Test("a unit that does not come up well goes back to the old image", arguments: Fault.allCases)
    @LoopActor
    func goingBack(fault: Fault) async throws {
        let (good, running) = (Self.container("running", health: "healthy"), Self.containers([Self.label]))
        var environment: [String: String] = [:]
        let words: String
        switch fault {
        case .down:
            words = "it did not come up"
            try Files.replace(folder["ends"], with: "1\n0\n")
        case .unhealthy:
            words = "it is unhealthy"
            let bad = Self.container("running", health: "unhealthy")
            engine.on("GET", "/containers/c0/json", bad, bad, good)
        case .ended:
            words = "its container has ended"
            engine.on(
                "GET", "/containers/c0/json", Self.container("running", health: nil),
                Self.container("exited", health: nil), good)
        case .restarted:
            words = "it did not stay up"
            // Each look finds another life.
            environment = ["another": "show"]
        case .gone:
            words = "it has no container"
            engine.on("GET", "/containers/json", running, .json("[]"), running)
        }
        let end = try await update(environment: environment)
        #expect(end.status == .exited(1))
        #expect(end.output == "")
        let fate = fault == .restarted ? ": \(words)" : ""
        #expect(
            end.error == """
                systemd-docker: web.service: updated \(Self.change): \(words): going back
                systemd-docker: web.service: went back to the old image (old)\(fate)

                """)
        #expect(try changes() == ["POST /images/create", Self.goesBack])
        #expect(try restarts() == 2)
    }

    @Test("a registry that refuses is the fault of one image alone")
    @LoopActor
    func refused() async throws {
        engine.on("GET", "/containers/json", Self.containers([Self.label, "system web.service other:1 linux/arm64"]))
        engine.on(
            "POST", "/images/create", .refusal(404, "manifest unknown"),
            .chunked([#"{"status":"Digest: sha256:1"}"# + "\r\n"]))
        let end = try await update()
        #expect(end.status == .exited(1))
        #expect(end.output == "web.service: updated registry:5000/web, from old to new\n")
        #expect(end.error.hasPrefix("systemd-docker: update other:1: pull other:1: manifest unknown"))
        let create = try #require(engine.received.first { $0.path == "/images/create" })
        #expect(create.query == "fromImage=other&tag=1&platform=linux%2Farm64")
    }

    @Test("--dry-run asks the registry, and changes nothing", arguments: [true, false])
    @LoopActor
    func dry(isNewest: Bool) async throws {
        let digest = isNewest ? "sha256:1" : "sha256:2"
        engine.on("GET", "/distribution/*/json", .json(#"{"Descriptor":{"digest":"\#(digest)"}}"#))
        let end = try await update("--dry-run")
        let words = isNewest ? "registry:5000/web is up to date" : "would update registry:5000/web to sha256:2"
        #expect(end == Wrapper.End(status: .exited(0), output: "web.service: \(words)\n", error: ""))
        #expect(engine.received.allSatisfy { $0.method == "GET" })
        #expect(try restarts() == 0)
        engine.on("GET", "/distribution/*/json", .refusal(403, "denied"))
        let refused = try await update("--dry-run")
        #expect(refused.status == .exited(1))
        #expect(refused.error.contains("update registry:5000/web: ask the registry for registry:5000/web: "))
        #expect(refused.error.contains("403: denied: look at docker login"))
    }

    @Test("units of others, and labels of others, do not count")
    @LoopActor
    func others() async throws {
        engine.on("GET", "/containers/json", Self.containers(["1000 web.service image", "yes", ""]))
        let end = try await update()
        let words = "no running unit has --auto-update\n"
        #expect(end == Wrapper.End(status: .exited(0), output: words, error: ""))
        let query = try #require(engine.received.first { $0.path == "/containers/json" }).query
        #expect(query.contains("auto-update") && query.contains("running"))
    }

    @Test("a signal ends a pull")
    @LoopActor
    func interrupted() async throws {
        let (come, left) = (try Gate(), try Gate())
        engine.on("POST", "/images/create", Answer(.open(come), .hang, .open(left)))
        let wrapper = try wrapper()
        try await come.opened()
        wrapper.send(.terminate)
        try await left.opened()
        #expect(try await wrapper.end() == Wrapper.End(status: .signaled(.terminate), output: "", error: ""))
        #expect(try changes() == ["POST /images/create"])
        #expect(try restarts() == 0)
    }

    @Test("a unit half-way is brought to its end even so, and no other one is begun")
    @LoopActor
    func interruptedLater() async throws {
        engine.on("GET", "/containers/json", Self.containers([Self.label, "system x.service registry:5000/web"]))
        let end = try await update(environment: ["signal": "TERM"])
        let words = "web.service: updated \(Self.change)\n"
        #expect(end == Wrapper.End(status: .signaled(.terminate), output: words, error: ""))
        #expect(try restarts() == 1)
    }

    @Test("without Docker it fails, and a wrong option is the command line's fault")
    @LoopActor
    func failures() async throws {
        let away = ["DOCKER_HOST": "unix:///no/such.sock"]
        #expect(try await Wrapper(["--engine-timeout", "0", "update"], environment: away).end().status == .exited(125))
        #expect(try await Wrapper(["update", "web"], environment: away).end().status == .exited(64))
        #expect(try await Wrapper(["update", "--help"], environment: away).end().output.contains("--dry-run"))
    }
}

@Suite("The update's label")
struct UpdateLabelTests {
    @Test("a container says whose unit it is, and what image it was made from")
    func label() throws {
        let unit = Unit(name: "web@1.service", isUser: false)
        var label = UpdateLabel(unit: unit, image: "host:5000/web:1", platform: nil)
        #expect(label.value == "system web@1.service host:5000/web:1")
        #expect(UpdateLabel(label.value) == label)
        label.platform = "linux/arm64"
        #expect(UpdateLabel(label.value) == label)
        label = UpdateLabel(unit: Unit(name: "web.service", isUser: true), image: "web", platform: nil)
        #expect(label.value == "\(geteuid()) web.service web")
        #expect(UpdateLabel(label.value) == label)
    }

    @Test(
        "what could not be updated, or not go back, is refused",
        arguments: [
            ([], ["--rm", "web"], nil), ([], ["--rm", "--pull=missing", "host/web:1"], nil),
            ([], ["web"], "without --rm"), ([], ["--rm", "--pull=always", "web"], "with --pull always"),
            ([], ["--rm", "--pull=newer", "web"], "with --pull newer"),
            (["--load=web.tar"], ["--rm", "web"], "with --load"),
            ([], ["--rm", "web@sha256:\(String(repeating: "1a", count: 32))"], "is always the same image"),
        ] as [([String], [String], String?)])
    func refusals(own: [String], words: [String], reason: String?) throws {
        let wrapper = try WrapperOptions(parsing: ["--auto-update"] + own + ["run"] + words)
        let options = try ContainerOptions(parsing: words, environment: ["HOME": "/nonexistent"])
        #expect(wrapper.updates)
        func check(_ environment: [String: String]) -> String? {
            do throws(UsageError) {
                try UpdateLabel.check(wrapper, options, environment: environment)
                return nil
            } catch {
                return "\(error)"
            }
        }
        let answer = check(["NOTIFY_SOCKET": "/run/systemd/notify"])
        #expect((answer == nil) == (reason == nil))
        if let reason { #expect(answer?.contains(reason) == true) }
        #expect(check([:])?.hasPrefix("--auto-update: ") == true)
    }
}
