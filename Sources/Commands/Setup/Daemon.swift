// SPDX-License-Identifier: Apache-2.0

internal import Console
internal import Engine
internal import Linux
internal import Systemd

/// The process of the Docker daemon that answers at the Engine's socket.
struct Daemon: ~Copyable {
    private let process: Process
    /// Its command line, behind its name.
    let arguments: [String]
    /// The user it belongs to.
    let user: UInt32

    /// Finds it by the pid file that it keeps beside its socket.
    ///
    /// The socket cannot tell: with socket activation its peer is systemd, which has made it (unix(7), SO_PEERCRED).
    @LoopActor
    init(of client: Client) throws {
        let attempt = "find the Docker daemon by docker.pid beside \(client.host.socket)"
        let advice = "its configuration and reload have to be seen to by hand"
        guard let id = client.daemon.runningProcess else { throw CommandError("\(attempt): there is none: \(advice)") }
        do {
            let process = try Process(id)
            // The first 15 bytes of the executable's name (proc_pid_comm(5)).
            let name = try Files.text("/proc/\(id)/comm").dropLast()
            guard name == "dockerd" else { throw CommandError("process \(id) is \(name)") }
            let words = try Files.text("/proc/\(id)/cmdline").split(separator: "\0", omittingEmptySubsequences: false)
            let user = try Files.owner(of: "/proc/\(id)")
            self.init(process: process, arguments: words.dropFirst().dropLast().map(String.init), user: user)
        } catch {
            throw CommandError("\(attempt): \(error): \(advice)")
        }
    }

    private init(process: consuming Process, arguments: [String], user: UInt32) {
        self.process = process
        self.arguments = arguments
        self.user = user
    }

    /// The configuration file that it reads (dockerd(8), `--config-file`).
    func configurationPath(environment: [String: String]) throws(SystemError) -> String {
        guard let path = values(of: "--config-file").last else { return Self.defaultPath(user: user, environment) }
        return path.hasPrefix("/") ? path : try Files.resolve("/proc/\(process.id)/cwd") + "/" + path
    }

    /// Whether nobody told it which file to read, so that there need not be one.
    var hasDefaultPath: Bool { values(of: "--config-file").isEmpty }

    /// Where a daemon's configuration is that was told nothing else: a rootless one has it in the user's home.
    static func defaultPath(user: UInt32, _ environment: [String: String]) -> String {
        if user == 0 { return "/etc/docker/daemon.json" }
        let folder = environment["XDG_CONFIG_HOME"] ?? ""
        return (folder.isEmpty ? (environment["HOME"] ?? "") + "/.config" : folder) + "/docker/daemon.json"
    }

    /// The paths of the runtimes on its command line, by name (dockerd(8), `--add-runtime`).
    var runtimes: [String: String] {
        var runtimes: [String: String] = [:]
        for value in values(of: "--add-runtime") {
            let parts = value.split(separator: "=", maxSplits: 1).map(String.init)
            if parts.count == 2 { runtimes[parts[0]] = parts[1] }
        }
        return runtimes
    }

    private func values(of option: String) -> [String] {
        arguments.indices.compactMap { index in
            if arguments[index] == option { return index + 1 < arguments.count ? arguments[index + 1] : nil }
            return arguments[index].hasPrefix("\(option)=") ? String(arguments[index].dropFirst(option.count + 1)) : nil
        }
    }

    /// What it finds wrong with a configuration file; `nil` where it would take it, or is too old to say.
    ///
    /// Asked with its own command line, for what stands in both is wrong too. Docker 23 and later know `--validate`.
    func objection(to path: String) async throws -> String? {
        // The program that it runs, though a newer one may have taken the place of its file.
        let end = try await EventLoop.shared.command(
            ["/proc/\(process.id)/exe"] + arguments + ["--validate", "--config-file=\(path)"], takesErrors: true,
            within: .seconds(30))
        let text = String(decoding: end.output, as: UTF8.self).split(separator: "\n").joined(separator: " ")
        return end.status == .exited(0) || text.contains("unknown flag: --validate") ? nil : text
    }

    /// Has it read its configuration again; it does so in its own time (dockerd(8), SIGHUP).
    func reload() throws(SystemError) { try process.send(.hangup) }
}
