// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A container host: a booted Debian with systemd as PID 1 and a real Docker (Tests/Hosts/container-host).
///
/// Each kind is started once in a test process, when the first test asks for it; Tests/run stops them all. Processes that
/// run at the same time have hosts of their own: HOSTS= is the first part of their names.
struct Host: Sendable {
    /// What the hosts differ in.
    struct Kind: Sendable, Hashable, CustomTestStringConvertible {
        var suite: String
        var hierarchy: String
        var driver: String
        /// Docker knows our runtime.
        var isNative = false
        /// Docker keeps its images in containerd, as Docker 29 does where it is installed anew.
        var hasContainerdStore = false

        var name: String {
            "\(suite)-\(hierarchy)-\(driver)" + (isNative ? "-native" : "") + (hasContainerdStore ? "-store" : "")
        }
        var testDescription: String { name }

        static let trixie = Kind(suite: "trixie", hierarchy: "v2", driver: "systemd")
        static let trixieCgroupfs = Kind(suite: "trixie", hierarchy: "v2", driver: "cgroupfs")
        static let bookworm = Kind(suite: "bookworm", hierarchy: "v2", driver: "systemd")
        static let bookwormLegacy = Kind(suite: "bookworm", hierarchy: "v1", driver: "cgroupfs")
        static let bookwormLegacySystemd = Kind(suite: "bookworm", hierarchy: "v1", driver: "systemd")
        static let forky = Kind(suite: "forky", hierarchy: "v2", driver: "systemd")
        static let forkyStore = Kind(suite: "forky", hierarchy: "v2", driver: "systemd", hasContainerdStore: true)
        /// Docker as Debian installs it.
        static let plain = [trixie, trixieCgroupfs, bookworm, bookwormLegacy, bookwormLegacySystemd, forky]
        /// The same, after `systemd-docker setup`.
        static let native = plain.map {
            var kind = $0
            kind.isNative = true
            return kind
        }
        /// Each host at least once, and each way of placement.
        static let all = plain + [native[0]]
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    let kind: Kind
    /// What container-host calls it.
    let name: String

    /// How often a test repeats what goes wrong rarely: `ROUNDS=200 swift test --filter …` searches longer.
    ///
    /// - Parameter usual: How often it does in Tests/run.
    static func rounds(_ usual: Int) -> Int {
        ProcessInfo.processInfo.environment["ROUNDS"].flatMap { Int($0) } ?? usual
    }

    /// The folder of the checkout.
    static let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let program = checkout.appending(path: ".build/release/systemd-docker")
    static let runtime = checkout.appending(path: ".build/release/systemd-docker-runtime")
    private static let prefix = ProcessInfo.processInfo.environment["HOSTS"].map { "\($0)-" } ?? ""
    private static let starts = Starts()

    /// The host of a kind, booted and with our program in it.
    static func of(_ kind: Kind) async throws -> Host { try await starts.start(kind) }

    private actor Starts {
        private var started: [Kind: Result<Host, any Error>] = [:]

        func start(_ kind: Kind) throws -> Host {
            if let outcome = started[kind] { return try outcome.get() }
            let outcome = Result { try Host(booting: kind, as: kind.name) }
            started[kind] = outcome
            return try outcome.get()
        }
    }

    /// Boots a host that nobody else uses; to be stopped by who asked for it.
    init(booting kind: Kind, as name: String) throws {
        let programs = [Self.program, Self.runtime]
        for program in programs where !FileManager.default.isExecutableFile(atPath: program.path()) {
            throw Failure(description: "\(program.path()) is missing: Tests/run builds it")
        }
        self.kind = kind
        self.name = Self.prefix + name
        try tool("start", self.name, kind.suite, kind.hierarchy, kind.driver)
        for program in programs { try copy(program.path(), to: "/usr/local/bin/") }
        try copy(Self.checkout.appending(path: "Units").path(), to: "/usr/local/share/systemd-docker")
        if kind.isNative { try run("systemd-docker setup") }
        guard kind.hasContainerdStore else { return }
        try run(
            """
            sed --in-place 's/^{/{"features":{"containerd-snapshotter":true},/' /etc/docker/daemon.json
            systemctl restart docker.service
            docker import --change 'CMD ["sh"]' /usr/share/busybox.tar busybox
            """)
    }

    /// Switches it off.
    func stop() throws { try tool("stop", name) }

    private func tool(_ words: String...) throws {
        let answer = try Answer(of: Self.script, words)
        guard answer.status == 0 else {
            throw Failure(description: "container-host \(words.joined(separator: " ")): \(answer.error)")
        }
    }

    private static let script = checkout.appending(path: "Tests/Hosts/container-host")

    /// Copies a file of this machine into the host.
    func copy(_ path: String, to destination: String) throws {
        try tool("copy", name, path, destination)
    }

    /// Installs packages of the host's own suite, without what else they would like to have.
    func install(_ packages: String...) throws {
        let answer = try Answer(of: Self.checkout.appending(path: "Tests/Hosts/download"), [kind.suite] + packages)
        guard answer.status == 0 else { throw Failure(description: "download: \(answer.error)") }
        for path in answer.output.split(separator: "\n") { try copy(String(path), to: "/tmp") }
        try run("dpkg --force-depends --install /tmp/*.deb >/dev/null && rm /tmp/*.deb")
    }

    /// Makes the image `nginx`: a server that takes over the sockets it is given.
    func importNginx() throws {
        let answer = try Answer(of: Self.checkout.appending(path: "Tests/Hosts/nginx-image"), [])
        guard answer.status == 0 else { throw Failure(description: "nginx-image: \(answer.error)") }
        try copy(answer.output.trimmingCharacters(in: .newlines), to: "/tmp/nginx.tar")
        try run(
            """
            docker import --change 'CMD ["nginx", "-c", "/etc/nginx.conf", "-g", "daemon off;"]' /tmp/nginx.tar nginx
            rm /tmp/nginx.tar
            """)
    }

    /// Runs a bash script in the host, whatever it answers.
    func attempt(_ text: String) throws -> Answer {
        try Answer(of: Self.script, ["exec", name, "bash", "-euo", "pipefail", "-s"], input: text)
    }

    /// Runs a bash script in the host that must succeed, and returns what it printed, without the last newline.
    @discardableResult
    func run(_ text: String) throws -> String {
        let answer = try attempt(text)
        guard answer.status == 0 else {
            throw Failure(description: "\(text)\nexit status \(answer.status)\n\(answer.output)\(answer.error)")
        }
        return answer.output.trimmingCharacters(in: .newlines)
    }
}
