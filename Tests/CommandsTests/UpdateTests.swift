// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import RunOptions
import Support
import Synchronization
import Testing

@testable import Commands
@testable import Images
@testable import Console
@testable import Systemd

/// A service manager that does as it is told.
@LoopActor
private final class UnitManager {
    var active = "active"
    /// What a unit is, from one look to the next; the last counts for all that follow.
    var states: [String: [String]] = [:]
    /// How its restarts end, one after the other; the others end well.
    var ends: [Bool] = []
    /// Each look finds another start of the unit.
    var isRestless = false
    private(set) var restarts: [String] = []
    private var looks = 0

    nonisolated init() {}

    func restart(_ unit: Unit) -> Bool {
        restarts.append(unit.name)
        return ends.isEmpty ? true : ends.removeFirst()
    }

    func state(_ unit: Unit) -> Unit.State {
        looks += 1
        let active = states[unit.name]?.first ?? active
        if let count = states[unit.name]?.count, count > 1 { states[unit.name]?.removeFirst() }
        return Unit.State(active: active, invocation: "\(isRestless ? looks : restarts.count)")
    }
}

/// What the kernel tells of supervisors and containers.
private struct Kernel {
    let folder: TemporaryFolder

    /// Where a process is, and what it was started with.
    func add(_ process: Int32, cgroup: String, words: [String] = [], environment: [String] = []) throws {
        let entry = folder["\(process)"]
        try Files.makeFolder(entry)
        try Files.replace(entry + "/cgroup", with: cgroup + "\n")
        try Files.replace(entry + "/cmdline", with: words.map { $0 + "\0" }.joined())
        try Files.replace(entry + "/environ", with: environment.map { $0 + "\0" }.joined())
    }
}

@Suite("Updates", .timeLimit(.minutes(1)))
struct UpdateTests {
    private let engine: FakeEngine
    private let kernel: Kernel
    private let manager = UnitManager()
    private static let words = ["systemd-docker", "--auto-update", "run", "--rm", "registry:5000/web"]

    /// A supervisor's process and that of its container, by the container's number.
    private static func processes(_ number: Int) -> (supervisor: Int32, container: Int32) {
        (100 + Int32(number), 200 + Int32(number))
    }

    init() throws {
        LoopThread.start()
        engine = try FakeEngine()
        kernel = Kernel(folder: try TemporaryFolder())
        try add(0)
        engine.on("GET", "/containers/json", Self.containers(1))
        engine.on("GET", "/containers/c0/json", Self.container("running", health: "healthy"))
        engine.on("GET", "/events", Answer(.send(Answer.head(200, ["Transfer-Encoding": "chunked"])), .hang))
        engine.on("POST", "/images/*/tag", .json("", status: 201))
        engine.on("POST", "/images/create", .chunked([#"{"status":"Digest: sha256:1"}"# + "\r\n"]))
        engine.on("GET", "/images/*/json", .json(#"{"Id":"sha256:new","RepoDigests":["web@sha256:1"]}"#))
        engine.on("DELETE", "/images/*", .json("[]"))
    }

    /// A unit's supervisor and its container.
    private func add(_ number: Int, unit: String = "web.service", words: [String] = words) throws {
        let processes = Self.processes(number)
        try kernel.add(processes.supervisor, cgroup: "0::/system.slice/\(unit)/supervisor", words: words)
        try kernel.add(processes.container, cgroup: "0::/system.slice/\(unit)/c\(number)")
    }

    /// Containers with our label, whose text says what it likes.
    private static func containers(_ count: Int, label: String = "system victim.service evil:1") -> Answer {
        let list = (0..<count).map { number in
            """
            {"Id":"c\(number)","Names":["/web"],"ImageID":"sha256:old\(number == 0 ? "" : "\(number)")",\
            "Labels":{"io.systemd-docker.auto-update":"\(label)"}}
            """
        }
        return .json("[\(list.joined(separator: ","))]")
    }

    private static func container(_ status: String, health: String?, number: Int = 0) -> Answer {
        let checks = health.map { ($0, #","Healthcheck":{"Test":["CMD","true"]}"#) }
        return .json(
            """
            {"Id":"c\(number)","State":{"Status":"\(status)","Running":\(status == "running"),\
            "Pid":\(processes(number).container),"ExitCode":0\
            \(checks.map { #","Health":{"Status":"\#($0.0)","FailingStreak":0}"# } ?? "")},\
            "Config":{"Tty":false\(checks?.1 ?? "")},"HostConfig":{"AutoRemove":false,"CgroupParent":""}}
            """)
    }

    private var search: UpdateSearch {
        var search = UpdateSearch(user: nil) { container in
            container.hasPrefix("c") ? Int32(container.dropFirst()).map { 100 + $0 } : nil
        }
        search.proc = kernel.folder.path
        let folder = kernel.folder.path
        search.unit = { process in
            let text = try? Files.text("\(folder)/\(process)/cgroup")
            return text?.split { "/\n".contains($0) }.first { $0.contains(".service") || $0.contains(".scope") }
                .map { Unit(name: String($0), isUser: false) }
        }
        return search
    }

    @LoopActor
    private func update(_ options: String..., search: UpdateSearch? = nil) async throws -> Wrapper.End {
        try await run(options, search: search)
    }

    @LoopActor
    private func run(
        _ options: [String] = [], search: UpdateSearch? = nil, _ meanwhile: (Update) async throws -> Void = { _ in }
    ) async throws -> Wrapper.End {
        let output = Output()
        let errors = try Pipe()
        let manager = manager
        var surroundings = Update.Surroundings()
        surroundings.show = { output.text += $0 }
        surroundings.state = { manager.state($0) }
        surroundings.restart = { manager.restart($0) }
        surroundings.search = search ?? self.search
        let update = Update(
            try WrapperOptions(parsing: ["update"]), try UpdateOptions(parsing: options),
            environment: engine.environment, diagnostics: Diagnostics(descriptor: errors.writing.rawValue),
            surroundings: surroundings)
        let running = EventLoop.shared.task { await update.run() }
        try await meanwhile(update)
        let status = await running.value
        // More than a few lines would not fit (pipe(7)).
        let words = "end\n"
        _ = write(errors.writing.rawValue, words, words.utf8.count)
        let error = String(decoding: try errors.reading.read(upTo: 65536), as: UTF8.self)
        return Wrapper.End(status: status, output: output.text, error: String(error.dropLast(words.count)))
    }

    @LoopActor
    private final class Output {
        var text = ""
    }

    /// What was changed in the Engine, but for the beginning and the end: the old image's second name.
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

    @LoopActor
    private func restarts() -> Int {
        #expect(manager.restarts.allSatisfy { $0 == "web.service" })
        return manager.restarts.count
    }

    private static let change = "registry:5000/web, from old to new"
    private static let goesBack = "POST /images/sha256%3Aold/tag?repo=registry%3A5000%2Fweb&tag=latest"

    @Test("a unit whose image is another one is restarted")
    @LoopActor
    func another() async throws {
        let end = try await update()
        #expect(end == Wrapper.End(status: .exited(0), output: "web.service: updated \(Self.change)\n", error: ""))
        #expect(try changes() == ["POST /images/create"])
        #expect(restarts() == 1)
        let create = try #require(engine.received.first { $0.path == "/images/create" })
        #expect(create.query == "fromImage=registry%3A5000%2Fweb&tag=latest")
    }

    @Test("one whose image is the newest is left alone, and so is one that is not up", arguments: [true, false])
    @LoopActor
    func leftAlone(isNewest: Bool) async throws {
        if isNewest {
            engine.on("GET", "/images/*/json", .json(#"{"Id":"sha256:old"}"#))
        } else {
            manager.active = "activating"
        }
        let end = try await update()
        let words = isNewest ? "registry:5000/web is up to date" : "left alone, for it is activating"
        #expect(end == Wrapper.End(status: .exited(0), output: "web.service: \(words)\n", error: ""))
        #expect(try changes() == ["POST /images/create"])
        #expect(restarts() == 0)
    }

    @Test("the first verdict of a HEALTHCHECK is waited for")
    @LoopActor
    func verdict() async throws {
        let starting = Self.container("running", health: "starting")
        // Looked at twice for the proof before the restart, once after it, and then for its health.
        let looks = [starting, starting, starting, starting, starting, Self.container("running", health: "healthy")]
        engine.on("GET", "/containers/c0/json", looks)
        let event = #"{"Type":"container","Action":"health_status: healthy","Actor":{"ID":"c0"}}"# + "\n"
        engine.on(
            "GET", "/events",
            Answer(.send(Answer.head(200, ["Transfer-Encoding": "chunked"]) + Answer.chunk(event)), .hang))
        #expect(try await update().output == "web.service: updated \(Self.change)\n")
        #expect(engine.received.count { $0.path == "/containers/c0/json" } == looks.count)
    }

    /// A way in which a new image may be no good.
    enum Fault: String, CaseIterable { case down, unhealthy, ended, restarted, gone }

    @Test("a unit that does not come up well goes back to the old image", arguments: Fault.allCases)
    @LoopActor
    func goingBack(fault: Fault) async throws {
        let (good, running) = (Self.container("running", health: "healthy"), Self.containers(1))
        let words: String
        switch fault {
        case .down:
            words = "it did not come up"
            manager.ends = [false]
        case .unhealthy:
            words = "it is unhealthy"
            let bad = Self.container("running", health: "unhealthy")
            // Looked at twice for the proof before the restart, once after it, and twice for its health.
            engine.on("GET", "/containers/c0/json", good, good, good, bad, bad, good)
        case .ended:
            words = "its container has ended"
            let plain = Self.container("running", health: nil)
            engine.on(
                "GET", "/containers/c0/json", plain, plain, plain, plain, Self.container("exited", health: nil), good)
        case .restarted:
            words = "it did not stay up"
            manager.isRestless = true
        case .gone:
            words = "it has no container"
            engine.on("GET", "/containers/json", running, running, .json("[]"), running)
        }
        let end = try await update()
        #expect(end.status == .exited(1))
        #expect(end.output == "")
        let fate = fault == .restarted ? ": \(words)" : ""
        #expect(
            end.error == """
                systemd-docker: web.service: updated \(Self.change): \(words): going back
                systemd-docker: web.service: went back to the old image (old)\(fate)

                """)
        #expect(try changes() == ["POST /images/create", Self.goesBack])
        #expect(restarts() == 2)
    }

    @Test("a registry that refuses is the fault of one image alone")
    @LoopActor
    func refused() async throws {
        engine.on("GET", "/containers/json", Self.containers(2))
        engine.on("GET", "/containers/c1/json", Self.container("running", health: "healthy", number: 1))
        try add(1, words: ["x", "--auto-update", "run", "--platform=linux/arm64", "--rm", "other:1"])
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
        #expect(restarts() == 0)
        engine.on("GET", "/distribution/*/json", .refusal(403, "denied"))
        let refused = try await update("--dry-run")
        #expect(refused.status == .exited(1))
        #expect(refused.error.contains("update registry:5000/web: ask the registry for registry:5000/web: "))
        #expect(refused.error.contains("403: denied: look at docker login"))
    }

    /// Why a container with our label is not believed.
    enum Doubt: String, CaseIterable {
        case noSupervisor, notAService, inAContainer, anotherUnit, anotherUnitsDocker, ended, notAsked, onlyPulled,
            digest
        case aDigest, anotherProcess, usersUnit, foreignLine, emptyLabel
    }

    @Test("a label alone moves nothing", arguments: Doubt.allCases)
    @LoopActor
    func doubt(doubt: Doubt) async throws {
        let id = String(repeating: "0a", count: 32)
        let (supervisor, container) = Self.processes(0)
        var search = search
        var notice = ""
        func command(_ words: String...) throws {
            try kernel.add(supervisor, cgroup: "0::/system.slice/web.service", words: ["x"] + words)
        }
        switch doubt {
        case .noSupervisor: search.supervisor = { _ in nil }
        case .notAService: try add(0, unit: "session-1.scope")
        case .inAContainer:
            try kernel.add(supervisor, cgroup: "0::/system.slice/web.service/\(id)", words: Self.words)
        case .anotherUnit: try kernel.add(container, cgroup: "0::/system.slice/victim.service/c0")
        case .anotherUnitsDocker: try kernel.add(container, cgroup: "0::/system.slice/victim.service/docker-c0.scope")
        case .ended: engine.on("GET", "/containers/c0/json", Self.container("exited", health: nil))
        case .notAsked: try command("run", "--rm", "web", "--auto-update")
        case .onlyPulled: try command("--auto-update", "pull", "web")
        case .digest: try command("--auto-update", "run", "--rm", String(repeating: "1a", count: 32))
        case .aDigest:
            try command("--auto-update", "run", "--rm", "web@sha256:\(String(repeating: "1a", count: 32))")
        case .anotherProcess:
            let looks = Mutex(0)
            search.supervisor = { _ in
                looks.withLock {
                    $0 += 1
                    return $0 == 1 ? supervisor : nil
                }
            }
        case .usersUnit: search.unit = { _ in Unit(name: "web.service", isUser: true) }
        case .foreignLine:
            try command("--no-such-option", "--auto-update", "run", "web")
            notice = """
                systemd-docker: container c0: its supervisor's command line cannot be read: \
                unknown option --no-such-option: passed over

                """
        case .emptyLabel: engine.on("GET", "/containers/json", Self.containers(1, label: ""))
        }
        let end = try await update(search: search)
        let words = "no running unit has --auto-update\n"
        #expect(end == Wrapper.End(status: .exited(0), output: words, error: notice))
        #expect(engine.received.allSatisfy { $0.method == "GET" })
        #expect(restarts() == 0)
        let query = try #require(engine.received.first { $0.path == "/containers/json" }).query
        #expect(query.contains("auto-update") && query.contains("running"))
    }

    @Test(
        "a container may be where Docker itself puts it",
        arguments: ["0::/docker/c0", "0::/system.slice/docker-c0.scope", "1:name=systemd:/x\n0::/docker/c0/init.scope"])
    @LoopActor
    func unplaced(cgroup: String) async throws {
        try kernel.add(Self.processes(0).container, cgroup: cgroup)
        #expect(try await update().output == "web.service: updated \(Self.change)\n")
    }

    @Test("a user's update is about the units of that user's processes", arguments: [true, false])
    @LoopActor
    func users(isOurs: Bool) async throws {
        var search = search
        search.user = isOurs ? geteuid() : geteuid() + 1
        search.unit = { _ in Unit(name: "web.service", isUser: true) }
        let expected = isOurs ? "web.service: updated \(Self.change)\n" : "no running unit has --auto-update\n"
        #expect(try await update(search: search).output == expected)
    }

    @Test("a unit that has changed since it was looked at first is left alone")
    @LoopActor
    func changed() async throws {
        let come = try Gate()
        let go = try Gate()
        engine.on(
            "POST", "/images/create", Answer(.open(come), .pass(go), .send(Answer.head(200, [:])), .close))
        let end = try await run { _ in
            try await come.opened()
            try add(0, words: ["x", "run", "--rm", "registry:5000/web"])
            go.open()
        }
        let words = "web.service: left alone, for it does not run registry:5000/web any more\n"
        #expect(end == Wrapper.End(status: .exited(0), output: words, error: ""))
        #expect(restarts() == 0)
    }

    @Test("what was updated before goes back, too, unless it was stopped meanwhile", arguments: ["failed", "inactive"])
    @LoopActor
    func together(state: String) async throws {
        engine.on("GET", "/containers/c1/json", Self.container("running", health: "healthy", number: 1))
        try add(1, unit: "x.service")
        let (both, one) = (Self.containers(2), Self.containers(1))
        // Looked at first, then before and after each restart. At last the first unit has no container any more.
        engine.on("GET", "/containers/json", both, both, both, both, both, .json("[]"), one)
        manager.ends = [true, false, true]
        manager.states = ["web.service": ["active", "active", "active", state, "active"]]
        let end = try await update()
        let goesBack = state == "failed"
        #expect(
            manager.restarts == ["web.service", "x.service", "x.service"] + (goesBack ? ["web.service"] : []))
        let words = "web.service: left alone, for it does not run registry:5000/web any more"
        #expect(end.error.contains(words) == !goesBack)
        #expect(end.error.contains("web.service: went back to the old image (old)\n") == goesBack)
        #expect(backTags() == ["old1"] + (goesBack ? ["old"] : []))
    }

    /// The images that the units' name was given back to, in order.
    private func backTags() -> [String] {
        engine.received.filter { $0.path.hasSuffix("/tag") && $0.query == "repo=registry%3A5000%2Fweb&tag=latest" }
            .map { String($0.path.dropFirst("/images/sha256%3A".count).dropLast("/tag".count)) }
    }

    @Test("of several units of which the last does not come up, each goes back, to the image that it had")
    @LoopActor
    func allTogether() async throws {
        for (number, unit) in [(1, "x.service"), (2, "y.service")] {
            engine.on(
                "GET", "/containers/c\(number)/json", Self.container("running", health: "healthy", number: number))
            try add(number, unit: unit)
        }
        engine.on("GET", "/containers/json", Self.containers(3))
        manager.ends = [true, true, false]
        let end = try await update()
        #expect(end.status == .exited(1))
        let units = ["web.service", "x.service", "y.service"]
        #expect(manager.restarts == units + units.reversed())
        #expect(backTags() == ["old2", "old1", "old"])
    }

    @Test("the name of an old image that is still in use goes all the same")
    @LoopActor
    func release() async throws {
        engine.on(
            "DELETE", "/images/systemd-docker-rollback%3Aold", .refusal(409, "container is using its referenced image"),
            .json(#"[{"Untagged":"systemd-docker-rollback:old"}]"#))
        let end = try await update()
        #expect(end == Wrapper.End(status: .exited(0), output: "web.service: updated \(Self.change)\n", error: ""))
        #expect(
            try changes() == [
                "POST /images/create", "DELETE /images/systemd-docker-rollback%3Aold",
                "POST /images/sha256%3Aold/tag?repo=systemd-docker-unused&tag=old",
            ])
    }

    @Test("a signal ends a pull")
    @LoopActor
    func interrupted() async throws {
        let (come, left) = (try Gate(), try Gate())
        engine.on("POST", "/images/create", Answer(.open(come), .hang, .open(left)))
        let end = try await run { update in
            try await come.opened()
            update.interrupt(by: .terminate)
            try await left.opened()
        }
        #expect(end == Wrapper.End(status: .signaled(.terminate), output: "", error: ""))
        #expect(try changes() == ["POST /images/create"])
        #expect(restarts() == 0)
    }

    @Test("a unit half-way is brought to its end even so, and no other one is begun")
    @LoopActor
    func interruptedLater() async throws {
        engine.on("GET", "/containers/json", Self.containers(2))
        engine.on("GET", "/containers/c1/json", Self.container("running", health: "healthy", number: 1))
        try add(1, unit: "x.service")
        let (come, go) = (try Gate(), try Gate())
        engine.on(
            "GET", "/events",
            Answer(.open(come), .pass(go), .send(Answer.head(200, ["Transfer-Encoding": "chunked"])), .hang))
        let end = try await run { update in
            try await come.opened()
            update.interrupt(by: .terminate)
            go.open()
        }
        let words = "web.service: updated \(Self.change)\n"
        #expect(end == Wrapper.End(status: .signaled(.terminate), output: words, error: ""))
        #expect(restarts() == 1)
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
