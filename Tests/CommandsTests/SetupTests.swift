// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import RunOptions
import Support
import Systemd
import Testing

@testable import Commands
@testable import Console

@Suite("Setup", .serialized, .timeLimit(.minutes(1)))
struct SetupTests {
    init() { LoopThread.start() }

    /// A daemon that does not live through SIGHUP, its Engine, and a folder with its configuration and our programs.
    @LoopActor
    private final class Host {
        let engine: FakeEngine
        let folder: TemporaryFolder
        let daemon: Child
        private let input: Pipe

        /// - Parameters:
        ///   - validation: what `dockerd --validate` does, in sh.
        ///   - arguments: what else is on the daemon's command line.
        ///   - name: what dockerd is called.
        init(
            configuration: String?, validation: String = "echo configuration OK", arguments: [String] = [],
            name: String = "dockerd"
        ) throws {
            engine = try FakeEngine()
            folder = try TemporaryFolder()
            input = try Pipe()
            symlink("/bin/sh", folder[name])
            let script = """
                for word; do
                    case $word in --validate) validate=1 ;; --config-file=*) file=${word#*=} ;; esac
                done
                [ "$validate" ] || { read line; exit; }
                \(validation)
                """
            try Files.replace(folder["script"], with: script)
            try Files.replace(folder["systemd-docker-runtime"], with: "", mode: 0o755)
            if let configuration { try Files.replace(folder["daemon.json"], with: configuration, mode: 0o640) }
            daemon = try Child(
                folder[name], [folder["script"], "--config-file", folder["daemon.json"]] + arguments,
                environment: [], descriptors: [input.reading.rawValue, 1, 2])
            try Files.replace(pidFile, with: "\(daemon.id)")
            engine.on("GET", "/containers/json", .json("[]"))
        }

        var pidFile: String { engine.socket.replacing("docker.sock", with: "docker.pid") }
        var runtime: String { folder["systemd-docker-runtime"] }

        /// What the Engine says of its runtimes, by name and path, again and again the last.
        func knows(_ runtimes: [String: String]..., by default: String = "runc") {
            let answers = runtimes.map { runtimes in
                let list = runtimes.merging(["runc": "runc", "io.containerd.runc.v2": "runc"]) { $1 }
                    .map { #""\#($0.key)":{"path":"\#($0.value)"}"# }.joined(separator: ",")
                return Answer.json(
                    #"{"CgroupDriver":"systemd","Runtimes":{\#(list)},"DefaultRuntime":"\#(`default`)"}"#)
            }
            switch answers.count {
            case 1: engine.on("GET", "/info", answers[0])
            case 2: engine.on("GET", "/info", answers[0], answers[1])
            default: engine.on("GET", "/info", answers[0], answers[1], answers[2])
            }
        }

        func setup(_ words: String...) async throws -> Setup.Report {
            try await Setup(
                try SetupOptions(parsing: words), environment: engine.environment, program: folder["systemd-docker"],
                pauses: [.milliseconds(1), .milliseconds(1), .milliseconds(1)])()
        }

        var configuration: String? { try? Files.text(folder["daemon.json"]) }

        /// Whether the daemon got a SIGHUP; it is gone after that.
        func isReloaded() throws -> Bool {
            daemon.send(.terminate)
            return try daemon.reap() == .signaled(.hangup)
        }
    }

    private static let entry = #"{"systemd-docker": {"path": "RUNTIME"}}"#

    @Test(
        "the runtime comes into the file, which keeps all else",
        arguments: [
            (nil, "{\"runtimes\": \(entry)}\n"), ("", "{\"runtimes\": \(entry)}\n"),
            (#"{"debug":true}"#, "{\"debug\":true,\"runtimes\":\(entry.replacing(": ", with: ":"))}"),
            (
                "{\n  \"mtu\": 1e3,\n  \"runtimes\": {\n    \"kata\": {\"path\": \"/kata\"}\n  }\n}\n",
                "{\n  \"mtu\": 1e3,\n  \"runtimes\": {\n    \"kata\": {\"path\": \"/kata\"},\n    \(entry.dropFirst().dropLast())\n  }\n}\n"
            ),
            (#"{"runtimes": {"systemd-docker": {"path": "/old", "runtimeArgs": ["x"]}}}"#, "{\"runtimes\": \(entry)}"),
        ] as [(String?, String)])
    @LoopActor
    func registers(before: String?, after: String) async throws {
        let host = try Host(configuration: before)
        let others = before?.contains("kata") == true ? ["kata": "/kata"] : [:]
        // It says so only when it gets to it.
        host.knows(others, others, others.merging(["systemd-docker": host.runtime]) { $1 })
        let report = try await host.setup()
        #expect(
            report.lines == [
                "Docker knows runtime systemd-docker (\(host.runtime)) now, by \(host.folder["daemon.json"])"
            ])
        #expect(host.configuration == after.replacing("RUNTIME", with: host.runtime))
        var status = stat()
        stat(host.folder["daemon.json"], &status)
        #expect(status.st_mode & 0o777 == (before == nil ? 0o644 : 0o640))
        #expect(try Files.names(in: host.folder.path).count == 4)
        #expect(try host.isReloaded())
    }

    @Test("a link to the file stays one")
    @LoopActor
    func link() async throws {
        let host = try Host(configuration: nil)
        try Files.replace(host.folder["real.json"], with: "{}")
        symlink("real.json", host.folder["daemon.json"])
        host.knows([:], ["systemd-docker": host.runtime])
        _ = try await host.setup()
        var status = stat()
        lstat(host.folder["daemon.json"], &status)
        #expect(status.st_mode & S_IFMT == S_IFLNK)
        #expect(try Files.text(host.folder["real.json"]).contains(host.runtime))
    }

    @Test("where Docker knows it already nothing is done")
    @LoopActor
    func again() async throws {
        let host = try Host(configuration: nil)
        let text = Self.entry.replacing("RUNTIME", with: host.runtime)
        try Files.replace(host.folder["daemon.json"], with: "{\"runtimes\": \(text)}")
        host.knows(["systemd-docker": host.runtime])
        #expect(try await host.setup().lines == ["Docker knows runtime systemd-docker (\(host.runtime)) already"])
        #expect(try !host.isReloaded())
    }

    @Test("a runtime of that name on the daemon's command line is nothing that we could change")
    @LoopActor
    func commandLine() async throws {
        let host = try Host(configuration: "{}", arguments: ["--add-runtime=systemd-docker=/other/runtime"])
        host.knows(["systemd-docker": "/other/runtime"])
        let error = await #expect(throws: CommandError.self) { try await host.setup() }
        #expect(error?.description.contains("has --add-runtime systemd-docker=/other/runtime") == true)
        #expect(try !host.isReloaded())
    }

    @Test(
        "a file that cannot be changed soundly is left alone, and the daemon too",
        arguments: [
            ("{\n  \"debug\": true,\n}", "line 3, column 1: no key in quotes: nothing was changed"),
            ("[]", "it is no object: nothing was changed"),
            (#"{"runtimes": []}"#, "\"runtimes\" is no object: nothing was changed"),
            (#"{"bogus": 1}"#, "dockerd --validate: don't match any configuration option: bogus: nothing was changed"),
            (#"{"debug": true}"#, "Docker would forget gvisor, other until its next start"),
        ])
    @LoopActor
    func refuses(text: String, reason: String) async throws {
        let host = try Host(
            configuration: text,
            validation: "! grep -q bogus \"$file\" || { echo \"don't match any configuration option: bogus\"; exit 1; }"
        )
        host.knows(text.contains("debug") ? ["other": "/other", "gvisor": "/gvisor"] : [:])
        let error = await #expect(throws: CommandError.self) { try await host.setup() }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
        #expect(host.configuration == text)
        #expect(try Files.names(in: host.folder.path).count == 4)
        #expect(try !host.isReloaded())
    }

    @Test(
        "what is missing is named",
        arguments: ["systemd-docker-runtime: no such executable", "there is none", "is sh-4"])
    @LoopActor
    func missing(reason: String) async throws {
        let host = try Host(configuration: "{}", name: reason == "is sh-4" ? "sh-4" : "dockerd")
        host.knows([:])
        if reason.contains("executable") { try Files.remove(host.runtime) }
        if reason.contains("none") { try Files.remove(host.pidFile) }
        let error = await #expect(throws: CommandError.self) { try await host.setup() }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
        #expect(host.configuration == "{}")
        #expect(try !host.isReloaded())
    }

    @Test("a daemon that is too old to validate is asked nothing")
    @LoopActor
    func old() async throws {
        let host = try Host(configuration: "{}", validation: "echo 'Status: unknown flag: --validate'; exit 125")
        host.knows([:], ["systemd-docker": host.runtime])
        #expect(try await host.setup().isGood)
    }

    @Test("what Docker does not take over is put back", arguments: [nil, #"{"debug": true}"#])
    @LoopActor
    func notTaken(before: String?) async throws {
        let host = try Host(configuration: before)
        host.knows([:])
        let error = await #expect(throws: CommandError.self) { try await host.setup() }
        #expect(error?.description.contains("it goes on with the old one: the file is as it was") == true)
        #expect(host.configuration == before)
        #expect(try host.isReloaded())
    }

    @Test(
        "undone, the file is what it was before",
        arguments: [
            (#"{"debug": true}"#, #"{"debug": true}"#), ("{\n  \"mtu\": 1500\n}\n", "{\n  \"mtu\": 1500\n}\n"),
            (#"{"runtimes": {"kata": {"path": "/kata"}}}"#, #"{"runtimes": {"kata": {"path": "/kata"}}}"#),
            (nil, "{}\n"),
        ] as [(String?, String)])
    @LoopActor
    func undoes(before: String?, after: String) async throws {
        let others = before?.contains("kata") == true ? ["kata": "/kata"] : [:]
        let first = try Host(configuration: before)
        first.knows(others, others.merging(["systemd-docker": first.runtime]) { $1 })
        _ = try await first.setup()
        let text = try #require(first.configuration)
        // Without the key a daemon would keep the runtimes that it has.
        let host = try Host(configuration: text, validation: #"grep -q '"runtimes":' "$file""#)
        host.knows(others.merging(["systemd-docker": first.runtime]) { $1 }, others)
        #expect(try await host.setup("--undo").lines == ["Docker knows runtime systemd-docker no more"])
        #expect(host.configuration == after)
        #expect(try host.isReloaded())
    }

    @Test("a runtime that somebody uses stays", arguments: ["container", "default", "command line"])
    @LoopActor
    func inUse(by what: String) async throws {
        let text = #"{"runtimes": {"systemd-docker": {"path": "/x"}}}"#
        let host = try Host(
            configuration: text, arguments: what == "command line" ? ["--add-runtime", "systemd-docker=/x"] : [])
        host.knows(["systemd-docker": "/x"], by: what == "default" ? "systemd-docker" : "runc")
        host.engine.on(
            "GET", "/containers/json",
            .json(
                #"[{"Id":"1","Names":["/web"],"ImageID":"a"},{"Id":"2","Names":["/db","/web/db"],"ImageID":"b"},"#
                    + #"{"Id":"3","Names":["/gone"],"ImageID":"c"}]"#))
        func inspection(_ runtime: String) -> Answer {
            .json(
                #"{"Id":"1","State":{"Status":"exited","Running":false,"Pid":0,"ExitCode":0},"Config":{"Tty":false},"#
                    + #""HostConfig":{"AutoRemove":false,"CgroupParent":"","Runtime":"\#(runtime)"}}"#)
        }
        host.engine.on("GET", "/containers/1/json", inspection("runc"))
        host.engine.on("GET", "/containers/2/json", inspection("systemd-docker"))
        host.engine.on("GET", "/containers/3/json", .refusal(404, "No such container"))
        let error = await #expect(throws: CommandError.self) { try await host.setup("--undo") }
        let reason = [
            "container": "docker rm them first: db", "default": "change default-runtime",
            "command line": "take --add-runtime",
        ]
        #expect(error?.description.contains(reason[what] ?? "-") == true, "\(error?.description ?? "")")
        #expect(host.configuration == text)
        #expect(try !host.isReloaded())
    }

    @Test("nothing to undo is no error")
    @LoopActor
    func nothingToUndo() async throws {
        let host = try Host(configuration: "{}")
        host.knows([:])
        #expect(try await host.setup("--undo").lines == ["Docker knows no runtime systemd-docker"])
        #expect(try !host.isReloaded())
    }

    @Test("a check says what is in order and what is not, and changes nothing", arguments: [true, false])
    @LoopActor
    func checks(isGood: Bool) async throws {
        let host = try Host(configuration: "{}")
        let text = isGood ? #"{"runtimes": {"systemd-docker": {"path": "\#(host.runtime)"}}}"# : "{}"
        try Files.replace(host.folder["daemon.json"], with: text)
        host.knows(isGood ? ["systemd-docker": host.runtime] : ["systemd-docker": "/old"])
        if !isGood { try Files.remove(host.runtime) }
        let report = try await host.setup("--check")
        #expect(report.isGood == isGood)
        #expect(
            report.lines
                == (isGood
                    ? [
                        "ok  runtime: \(host.runtime)", "ok  configuration: \(host.folder["daemon.json"])",
                        "ok  Docker: knows runtime systemd-docker", "    default runtime: runc",
                    ]
                    : [
                        "no  runtime: \(host.runtime) is no executable: install it beside systemd-docker",
                        "no  configuration: \(host.folder["daemon.json"]) has no such runtime: systemd-docker setup",
                        "no  Docker: means /old by systemd-docker: systemd-docker setup", "    default runtime: runc",
                    ]))
        #expect(host.configuration == text)
        #expect(try !host.isReloaded())
    }

    @Test("a check of a Docker that is away says so")
    @LoopActor
    func away() async throws {
        let folder = try TemporaryFolder()
        let report = try await Setup(
            try SetupOptions(parsing: ["--check"]), environment: ["DOCKER_HOST": "unix://\(folder["docker.sock"])"],
            program: folder["systemd-docker"])()
        #expect(!report.isGood)
        #expect(report.lines.last?.hasPrefix("no  Docker: connect to Docker at \(folder["docker.sock"]): ") == true)
    }

    @Test(
        "a rootless daemon has its configuration in the user's home",
        arguments: [
            (0, ["HOME": "/root"], "/etc/docker/daemon.json"),
            (7, ["HOME": "/home/u"], "/home/u/.config/docker/daemon.json"),
            (7, ["HOME": "/home/u", "XDG_CONFIG_HOME": "/c"], "/c/docker/daemon.json"),
        ] as [(UInt32, [String: String], String)])
    func paths(user: UInt32, environment: [String: String], path: String) {
        #expect(Daemon.defaultPath(user: user, environment) == path)
    }
}
