// SPDX-License-Identifier: Apache-2.0

internal import Cgroups
internal import Claims
internal import Glibc
internal import Linux

/// `systemd-docker-runtime`: an OCI runtime that executes the container's real runtime in its place.
///
/// Docker's shim calls it with runc's command line. Only `create` of a container that a supervisor has claimed is changed;
/// every other call is passed on as it is. `create` and `start` of a container that must not run without its supervisor
/// are refused after that has ended: `create` puts its process into the unit's cgroup, where systemd would find it, and
/// `start` runs it.
public enum Program {
    /// Executes the real runtime, or reports why it cannot.
    ///
    /// - Parameter arguments: As main(int, char **) gets them: they are passed on byte by byte.
    /// - Returns: The exit status where nothing was executed.
    public static func run(_ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
        var words: [UnsafeMutablePointer<CChar>?] = []
        while let word = arguments[words.count] { words.append(word) }
        words = Array(words.dropFirst())
        let invocation = Invocation(words.map { $0.map { String(cString: $0) } ?? "" })
        do throws(RuntimeError) {
            let bundle = Bundle(invocation.bundle)
            let runtime = try bundle.runtime()
            if let inheritance = try claimed(invocation, bundle) {
                // The cgroup is for runc's cgroupfs driver: a path, where the systemd driver expects three names.
                for index in invocation.systemdCgroup.reversed() { words.remove(at: index) }
                try inheritance.take()
            }
            try become(runtime.isEmpty ? ["runc"] : runtime, words)
        } catch {
            error.tell(invocation)
        }
        return 1
    }

    /// Changes the configuration of a claimed container; `nil` for a call that is passed on as it is.
    private static func claimed(_ invocation: Invocation, _ bundle: Bundle) throws(RuntimeError) -> Inheritance? {
        guard let command = invocation.command, ["create", "start"].contains(command),
            let id = invocation.container.flatMap({ ContainerID($0) })
        else { return nil }
        let isCreate = command == "create"
        // Most calls of `start` end here, for a container of no unit.
        if !isCreate, try !bundle.requiresClaim() { return nil }
        let directory = getenv("XDG_RUNTIME_DIR").map { String(cString: $0) }
        let addresses = Address.ofRuntime(runtimeDirectory: directory)
        guard let claimer = try RuntimeError.of({ () throws(ClaimError) in try Claimer.find(of: id, at: addresses) })
        else {
            guard try bundle.requiresClaim() else { return nil }
            throw RuntimeError(
                "cannot \(command) container \(id): its systemd-docker has ended, and it must not run without it"
            )
        }
        guard isCreate else { return nil }
        // In this order: a process that answers afterwards was alive before, so the number was its own.
        let place = try RuntimeError.of { () throws(CgroupError) in
            try UnitGroup.cgroupsPath(ofContainer: id.text, of: claimer.process)
        }
        var answer = try RuntimeError.of { () throws(ClaimError) in try claimer.ask() }
        try bundle.order(place: place, socketNames: answer.names)
        let (sockets, output) = answer.takeDescriptors()
        return Inheritance(sockets: sockets, output: output)
    }

    /// Executes the first of these words, found in PATH unless it is a path, with the others as its first arguments.
    private static func become(
        _ command: [String], _ arguments: [UnsafeMutablePointer<CChar>?]
    ) throws(RuntimeError) {
        let name = command[0]
        let words = command.map { strdup($0) } + arguments + [nil]
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"
        let candidates = name.contains("/") ? [name] : path.split(separator: ":").map { "\($0)/\(name)" }
        // A link to us in the place of runc, or an annotation that names us, would never end.
        for candidate in candidates where !Files.isSame(candidate, as: "/proc/self/exe") {
            execv(candidate, words)
            // As execvp(3): what does not exist, or is not executable for us, is skipped.
            guard [ENOENT, ENOTDIR, EACCES].contains(errno) else {
                throw RuntimeError("cannot execute \(candidate): \(String(cString: strerror(errno)))")
            }
        }
        let reason = name.contains("/") ? "no such runtime" : "not found in PATH=\(path)"
        throw RuntimeError("cannot execute \(name): \(reason)")
    }
}
