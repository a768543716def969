// SPDX-License-Identifier: Apache-2.0

internal import Console
internal import Engine
internal import Glibc
internal import JSON
internal import Linux
internal import RunOptions
internal import Systemd

/// `systemd-docker setup`: has Docker know our runtime, without which it makes no container in a unit's cgroup under
/// the systemd driver.
@LoopActor
struct Setup {
    /// Our runtime's name in Docker's configuration.
    private static let name = ContainerRuntime.ours
    /// How long after a reload the daemon is asked again: it says to nobody that it is done.
    nonisolated static let pauses = [50, 100, 200, 400, 800, 1600, 3200].map { Duration.milliseconds($0) }

    private let options: SetupOptions
    private let environment: [String: String]
    /// The executable of our runtime.
    private let runtime: String
    private let pauses: [Duration]

    /// What it has to say for itself, and how it went.
    struct Report {
        var lines: [String]
        var isGood = true
    }

    /// - Parameter program: our own executable; the runtime's stands beside it.
    nonisolated init(
        _ options: SetupOptions, environment: [String: String], program: String, pauses: [Duration] = Setup.pauses
    ) {
        self.pauses = pauses
        self.options = options
        self.environment = environment
        runtime = program.prefix(through: program.lastIndex(of: "/") ?? program.startIndex) + "systemd-docker-runtime"
    }

    func callAsFunction() async throws -> Report {
        if options.checks { return await check() }
        let client = try await Client.connect(environment: environment)
        let info = try await client.info()
        let daemon = try Daemon(of: client)
        guard geteuid() == daemon.user else {
            let whom = daemon.user == 0 ? "root: sudo systemd-docker setup" : "user \(daemon.user), whose Docker it is"
            throw CommandError("change Docker's configuration: it takes \(whom)")
        }
        let file = try DaemonConfiguration(at: try daemon.configurationPath(environment: environment))
        return try await options.undoes
            ? unregister(client, info, daemon, file) : register(client, info, daemon, file)
    }

    // MARK: In

    private func register(
        _ client: Client, _ info: SystemInfo, _ daemon: borrowing Daemon, _ file: DaemonConfiguration
    ) async throws -> Report {
        guard Files.isExecutable(runtime) else {
            throw CommandError("register \(runtime): no such executable: install it beside systemd-docker")
        }
        let isKnown = info.runtimes[Self.name]?.path == runtime
        if isKnown, file.path(ofRuntime: Self.name) == runtime || daemon.runtimes[Self.name] == runtime {
            return Report(lines: ["Docker knows runtime \(Self.name) (\(runtime)) already"])
        }
        if let added = daemon.runtimes[Self.name] {
            throw CommandError("register \(runtime): Docker's command line has --add-runtime \(Self.name)=\(added)")
        }
        try refuseLosses(info, file)
        var new = file
        try new.register(Self.name, path: runtime)
        try await apply(new, client, daemon, environment) { $0.runtimes[Self.name]?.path == runtime }
        return Report(lines: ["Docker knows runtime \(Self.name) (\(runtime)) now, by \(file.path)"])
    }

    /// A reload takes away what is not in the file: runtimes of the command line, or of a file that was changed since.
    private func refuseLosses(_ info: SystemInfo, _ file: DaemonConfiguration) throws {
        let lost = info.runtimes.keys.filter { name in
            name != "runc" && !name.hasPrefix("io.containerd.") && name != Self.name && !file.runtimes.contains(name)
        }
        guard lost.isEmpty else {
            throw CommandError(
                "change \"runtimes\" in \(file.path): Docker would forget \(lost.sorted().joined(separator: ", ")) until"
                    + " its next start, for it is not in that file: put it there instead of --add-runtime, and restart"
                    + " Docker")
        }
    }

    // MARK: Out

    private func unregister(
        _ client: Client, _ info: SystemInfo, _ daemon: borrowing Daemon, _ file: DaemonConfiguration
    ) async throws -> Report {
        if let added = daemon.runtimes[Self.name] {
            throw CommandError(
                "take runtime \(Self.name) out: it is on Docker's command line: take --add-runtime \(Self.name)=\(added)"
                    + " out of docker.service")
        }
        guard info.runtimes[Self.name] != nil || file.runtimes.contains(Self.name) else {
            return Report(lines: ["Docker knows no runtime \(Self.name)"])
        }
        if info.defaultRuntime == Self.name {
            throw CommandError(
                "take runtime \(Self.name) out: it is Docker's default: change default-runtime in \(file.path) first")
        }
        try refuseLosses(info, file)
        let users = try await users(client)
        guard users.isEmpty else {
            throw CommandError(
                "take runtime \(Self.name) out: nobody could start these containers any more: stop their units or"
                    + " docker rm them first: \(users.joined(separator: ", "))")
        }
        var new = file
        try new.unregister(Self.name)
        try await apply(new, client, daemon, environment) { $0.runtimes[Self.name] == nil }
        try new.removeEmptyRuntimes()
        // Nothing that the daemon would have to be told: to say nothing of runtimes is to say that there are none more.
        if try file.isOurs(Self.name, path: runtime), daemon.hasDefaultPath {
            try Files.remove(file.path)
        } else {
            try FileDraft(of: file.path, contents: new.text).commit()
        }
        return Report(lines: ["Docker knows runtime \(Self.name) no more"])
    }

    /// The names of the containers that were made with our runtime.
    private func users(_ client: Client) async throws(EngineError) -> [String] {
        var users: [String] = []
        for container in try await client.list() {
            do throws(EngineError) {
                guard try await client.inspect(container.id).hostConfig.runtime == Self.name else { continue }
                users.append(String((container.names.first ?? container.id).drop { $0 == "/" }))
            } catch {
                // Removed in the meantime.
                guard error.isNotFound else { throw error }
            }
        }
        return users
    }
}

extension Setup {
    /// Puts a changed configuration in place, and has the daemon take it; if it does not, the old one is put back.
    private func apply(
        _ new: DaemonConfiguration, _ client: Client, _ daemon: borrowing Daemon, _ environment: [String: String],
        until isDone: (SystemInfo) -> Bool
    ) async throws {
        let path = new.path
        if new.original == nil {
            try Files.makeFolder(String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)))
        }
        if new.original != new.text {
            let draft = try FileDraft(of: path, contents: new.text)
            if let objection = try await daemon.objection(to: draft.path) {
                throw CommandError("change \(path): dockerd --validate: \(objection): nothing was changed")
            }
            try draft.commit()
        }
        var failure = "it goes on with the old one"
        do {
            try daemon.reload()
            for pause in pauses {
                try await EventLoop.shared.sleep(pause)
                if isDone(try await client.info()) { return }
            }
        } catch {
            failure = "\(error)"
        }
        if let original = new.original {
            try FileDraft(of: path, contents: original).commit()
        } else {
            try Files.remove(path)
        }
        // A daemon that is gone will read the old file when it is back.
        try? daemon.reload()
        throw CommandError(
            "have Docker take over \(path): \(failure): the file is as it was: look at journalctl -u docker.service")
    }

    // MARK: As it is

    /// One line for each thing that must be in order.
    private func check() async -> Report {
        var report = Report(lines: [])
        func say(_ isGood: Bool, _ line: String) {
            report.lines.append((isGood ? "ok  " : "no  ") + line)
            report.isGood = report.isGood && isGood
        }
        let isThere = Files.isExecutable(runtime)
        say(isThere, "runtime: \(runtime)\(isThere ? "" : " is no executable: install it beside systemd-docker")")
        do {
            let client = try await Client.connect(environment: environment)
            let info = try await client.info()
            let daemon = try Daemon(of: client)
            if daemon.runtimes[Self.name] == runtime {
                say(true, "configuration: Docker's command line has --add-runtime \(Self.name)=\(runtime)")
            } else {
                let file = try DaemonConfiguration(at: try daemon.configurationPath(environment: environment))
                let isIn = file.path(ofRuntime: Self.name) == runtime
                let fault = file.runtimes.contains(Self.name) ? "means something else by it" : "has no such runtime"
                say(isIn, "configuration: \(file.path)\(isIn ? "" : " \(fault): systemd-docker setup")")
            }
            let known = info.runtimes[Self.name]
            let fault = known.map { "means \($0.path) by \(Self.name)" } ?? "knows no runtime \(Self.name)"
            say(
                known?.path == runtime,
                known?.path == runtime ? "Docker: knows runtime \(Self.name)" : "Docker: \(fault): systemd-docker setup"
            )
            report.lines.append("    default runtime: \(info.defaultRuntime)")
        } catch {
            say(false, "Docker: \(error)")
        }
        return report
    }
}
