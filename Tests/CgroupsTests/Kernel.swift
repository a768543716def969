// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Linux

@testable import Cgroups

/// Real cgroups of this machine, made for one test: a unit's and, beside it, one as Docker makes it.
final class Kernel {
    /// Which version's trees a test uses.
    enum Version: Sendable { case unified, legacy }

    static let unit = "probe.service"
    static let id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

    private static let mounted = Result { try Mounts(root: "/sys/fs/cgroup") }
    private static let own = Result { try Membership.ofThisProcess() }

    /// The versions that this machine has trees of.
    ///
    /// Where that cannot be told it is both: then ``init(_:)`` says why, instead of suites without a case.
    static let versions: [Version] =
        switch try? mounted.get().hierarchy {
        case .unified: [.unified]
        case .legacy: [.legacy]
        case .hybrid, nil: [.unified, .legacy]
        }

    let version: Version
    let root: String
    /// The trees in use, and the folder in each that holds all this test makes.
    private let trees: [(entry: Membership.Entry, mount: String, base: String)]

    init(_ version: Version) throws {
        let mounts = try Self.mounted.get()
        self.version = version
        root = version == .unified && mounts.hierarchy == .hybrid ? "\(mounts.root)/unified" : mounts.root
        var made: [(entry: Membership.Entry, mount: String, base: String)] = []
        for entry in try Self.own.get().entries where entry.isUnified == (version == .unified) {
            guard let mount = mounts.folder(of: entry) else { continue }
            // Not below our own cgroup on version 2: as it has processes, it could give no controllers to ours.
            let parent = entry.isUnified || entry.path == "/" ? "" : entry.path
            made.append((entry, mount, "\(parent)/systemd-docker-test-\(getpid())-\(UInt32.random(in: .min ... .max))"))
        }
        trees = made
        for tree in trees {
            for name in ["", "/\(Self.unit)", "/docker-\(Self.id).scope"] {
                let folder = tree.mount + tree.base + name
                try Files.makeFolder(folder)
                // A version 1 cpuset takes no process before it has processors and memory.
                for file in ["cpuset.cpus", "cpuset.mems"] where tree.entry.controllers.contains("cpuset") {
                    try Files.write(try Files.text("\(folder)/../\(file)"), to: "\(folder)/\(file)")
                }
            }
        }
    }

    /// The tree of one controller: `nil` is version 2's.
    private func base(_ controller: String?) -> String? {
        trees.first { controller.map($0.entry.controllers.contains) ?? $0.entry.isUnified }.map { $0.mount + $0.base }
    }

    private var mainBase: String { trees.first.map { $0.mount + $0.base } ?? "/nowhere" }

    func unitFolder(_ controller: String? = nil) -> String { "\(base(controller) ?? mainBase)/\(Self.unit)" }
    func dockerFolder(_ controller: String? = nil) -> String {
        "\(base(controller) ?? mainBase)/docker-\(Self.id).scope"
    }
    func has(_ controller: String) -> Bool { base(controller) != nil }
    var controllers: [String] { trees.flatMap(\.entry.controllers) }

    /// Our membership, were we the unit's main process.
    var membership: Membership {
        Membership(
            parsing: trees.map { "1:\($0.entry.controllers.joined(separator: ",")):\($0.base)/\(Self.unit)" }
                .joined(separator: "\n"))
    }

    func unitGroup() throws -> UnitGroup { try UnitGroup(unit: Self.unit, membership: membership, root: root) }

    /// Marks the unit's cgroup as systemd does for Delegate=.
    func delegate() throws {
        let value = Array("1".utf8)
        try system("setxattr", on: unitFolder()) { setxattr(unitFolder(), "trusted.delegate", value, value.count, 0) }
    }

    /// A shell that has entered Docker's cgroup in every tree before it runs the script.
    func container(_ script: String) throws -> Shell {
        let child = try Shell(
            trees.map { "echo $$ >\($0.mount)\($0.base)/docker-\(Self.id).scope/cgroup.procs && " }.joined()
                + "echo ready && { \(script)\n}")
        guard try child.line() == "ready" else { throw SystemError(call: "enter", subject: mainBase, code: EIO) }
        return child
    }

    func processes(_ folder: String) throws -> [Int32] { try Group(path: folder).allProcesses() }

    /// The cgroup of a process in one tree, from this test's own folder on: `/probe.service/container`.
    func place(of process: Int32, _ controller: String? = nil) throws -> String {
        let membership = try Membership(of: process)
        for tree in trees where controller.map(tree.entry.controllers.contains) ?? true {
            let path = membership.path(in: tree.entry) ?? "/"
            return path.hasPrefix(tree.base) ? String(path.dropFirst(tree.base.count)) : path
        }
        return "/"
    }

    deinit {
        // Whatever a failed test left running; only our own cgroups are looked at.
        for tree in trees {
            let group = Group(path: tree.mount + tree.base)
            try? group.set("cgroup.kill", to: "1")
            let deadline = ContinuousClock().now + .seconds(5)
            while group.exists && ContinuousClock().now < deadline {
                for process in (try? group.allProcesses()) ?? [] where process > 0 { kill(process, SIGKILL) }
                try? group.remove()
                sched_yield()
            }
        }
    }
}
