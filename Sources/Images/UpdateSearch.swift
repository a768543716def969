// SPDX-License-Identifier: Apache-2.0

internal import Cgroups
internal import Claims
internal import Engine
internal import Glibc
internal import Linux
internal import RunOptions
internal import Systemd

/// Finds the units that may be updated.
///
/// A label is text of whoever has made the container's image, as good as anybody's: here it only says where to look. All
/// else comes from the kernel (which process owns the container, in which cgroup it and the container's process are) and
/// from the command line of that process.
struct UpdateSearch: Sendable {
    /// The user whose manager has the units; `nil` is the system's.
    var user: uid_t?
    /// The process that owns a container, by its ID; `nil` where no process of ours does.
    var supervisor: @Sendable (_ container: String) throws(SystemError) -> Int32?
    /// The unit that a process is in.
    var unit: @Sendable (_ process: Int32) -> Unit? = { Unit.of(process: $0) }
    var proc = "/proc"

    init(user: uid_t?, supervisor: @escaping @Sendable (_ container: String) throws(SystemError) -> Int32?) {
        self.user = user
        self.supervisor = supervisor
    }

    /// Looks at all containers with our label.
    ///
    /// - Parameters:
    ///   - wanted: Those of this unit alone.
    ///   - notice: Is told what a person should know of one that is passed over.
    @LoopActor
    func candidates(
        of wanted: Unit? = nil, _ client: Client, _ notice: (String) -> Void = { _ in }
    ) async throws -> [UpdateCandidate] {
        var found: [UpdateCandidate] = []
        for summary in try await client.list(filters: ["label": [UpdateLabel.name], "status": ["running"]])
        where summary.labels[UpdateLabel.name]?.isEmpty == false {
            do {
                if let candidate = try await candidate(summary, of: wanted, client) { found.append(candidate) }
            } catch let error as EngineError {
                // It has gone meanwhile.
                guard error.isNotFound else { throw error }
            } catch let error as UsageError {
                notice("container \(summary.id.prefix(12)): its supervisor's command line cannot be read: \(error)")
            } catch let error as SystemError {
                // So has its supervisor, or it is another user's.
                guard !error.isNotFound, !error.isPermissionDenied else { continue }
                throw error
            }
        }
        return found
    }

    /// - Returns: `nil` for a container that is not proved to be the one of a unit that may be updated.
    @LoopActor
    private func candidate(
        _ summary: ContainerSummary, of wanted: Unit?, _ client: Client
    ) async throws -> UpdateCandidate? {
        guard let supervisor = try supervisor(summary.id), supervisor > 0, let unit = unit(supervisor),
            unit.name.hasSuffix(".service"), unit.isUser == (user != nil), wanted == nil || wanted == unit
        else { return nil }
        if let user, try Files.owner(of: "\(proc)/\(supervisor)") != user { return nil }
        guard let place = try place(of: supervisor, in: unit) else { return nil }
        let state = try await client.inspect(summary.id).state
        guard state.isRunning, state.process > 0,
            let path = try paths(of: state.process)[place.tree],
            Self.isInside(path, place.folder) || Self.isDockers(path, summary.id)
        else { return nil }
        let words = try text("\(supervisor)/cmdline").dropFirst()
        let environment = Dictionary(
            try text("\(supervisor)/environ").compactMap { entry in
                entry.firstIndex(of: "=").map {
                    (String(entry[..<$0]), String(entry[entry.index(after: $0)...]))
                }
            }, uniquingKeysWith: { first, _ in first })
        guard let update = try AutoUpdate(commandLine: Array(words), environment: environment),
            // It lives, so what was read of its number was about it.
            try self.supervisor(summary.id) == supervisor
        else { return nil }
        return UpdateCandidate(unit: unit, container: summary.id, imageID: summary.imageID, update: update)
    }

    /// The texts of a file in /proc that end in a zero byte each.
    private func text(_ file: String) throws(SystemError) -> [String] {
        try Files.read("\(proc)/\(file)").split(separator: 0, omittingEmptySubsequences: false).dropLast()
            .map { String(decoding: $0, as: UTF8.self) }
    }

    // MARK: Cgroups

    /// The cgroups of a process in the trees that systemd may tell services apart by.
    private func paths(of process: Int32) throws(SystemError) -> [[String]: String] {
        var paths: [[String]: String] = [:]
        for entry in Membership(parsing: try Files.text("\(proc)/\(process)/cgroup")).entries
        where [[], ["name=systemd"]].contains(entry.controllers) {
            paths[entry.controllers] = entry.path
        }
        return paths
    }

    /// The cgroup of a supervisor's unit; `nil` where the supervisor is in a container.
    private func place(of supervisor: Int32, in unit: Unit) throws(SystemError) -> (tree: [String], folder: String)? {
        let paths = try paths(of: supervisor)
        for tree in [[], ["name=systemd"]] {
            let components = paths[tree]?.split(separator: "/") ?? []
            // The first of the unit's name: who is given a cgroup may make others of any name in it. systemd puts `_`
            // before a name that could be taken for a file of the kernel's.
            guard let place = components.firstIndex(where: { $0 == unit.name || $0 == "_" + unit.name }) else {
                continue
            }
            guard !components.contains(where: Self.namesContainer) else { return nil }
            return (tree, components[...place].map { "/" + $0 }.joined())
        }
        return nil
    }

    private static func isInside(_ path: String, _ folder: String) -> Bool {
        path == folder || path.hasPrefix(folder + "/")
    }

    /// Where Docker itself puts a container (`--placement none`): in no service but a user's manager.
    private static func isDockers(_ path: String, _ container: String) -> Bool {
        let components = path.split(separator: "/")
        guard let own = components.firstIndex(where: { $0 == container || $0 == "docker-\(container).scope" }) else {
            return false
        }
        return components[..<own].allSatisfy { !$0.hasSuffix(".service") || $0.hasPrefix("user@") }
    }

    /// Whether a part of a path is a container's: it has an ID of 64 digits.
    private static func namesContainer(_ component: Substring) -> Bool {
        component.split { !$0.isHexDigit }.contains { $0.count == 64 }
    }
}
