// SPDX-License-Identifier: Apache-2.0

internal import Console
internal import Engine
internal import Linux
internal import RunOptions
internal import Systemd

/// The files that `--pid-file` and `--cidfile` ask for.
@LoopActor
final class ContainerFiles {
    private let job: Job
    private let cleanup: Cleanup
    private var pidFile: Cleanup.Step?
    private var idFile: Cleanup.Step?

    init(_ job: Job, _ cleanup: Cleanup) {
        self.job = job
        self.cleanup = cleanup
    }

    /// Writes the container's PID, where that is asked for.
    func write(process: Int32) throws(CommandError) {
        guard let path = job.wrapper.pidFile else { return }
        let file = PidFile(path: path)
        try file.write(process)
        pidFile = pidFile ?? cleanup.add { [diagnostics = job.diagnostics] in file.remove(diagnostics) }
    }

    /// Leaves the PID file with a container that outlives us; `PIDFile=` in the unit removes it.
    func keepPidFile() { pidFile?.cancel() }

    /// Takes the place of the ID file before there is an ID to write into it.
    ///
    /// - Throws: ``CommandError`` where the file is another container's.
    func reserveIDFile(_ client: Client) async throws {
        guard let path = job.options.cidFile else { return }
        if Files.exists(path) {
            let id = (try? Files.text(path)) ?? path
            guard try await isGone(id, client) else {
                throw CommandError("--cidfile \(path) is there already: remove it, unless it is another container's")
            }
        }
        try write(id: "")
    }

    /// Writes the container's ID, where that is asked for.
    func write(id: String) throws(CommandError) {
        guard let path = job.options.cidFile else { return }
        do throws(SystemError) {
            try Files.replace(path, with: id)
        } catch {
            throw CommandError("write the container ID file \(path): \(error): choose another --cidfile")
        }
        removeAtEnd(path)
    }

    private func removeAtEnd(_ path: String) {
        idFile = idFile ?? cleanup.add { [diagnostics = job.diagnostics] in PidFile(path: path).remove(diagnostics) }
    }

    /// Removes the ID file: no container came of it.
    func removeIDFile() async {
        await idFile?.run()
        idFile = nil
    }

    /// Leaves the ID file with a container that is not removed when it ends, as docker does; else it goes with that, also
    /// where a former run has written it.
    ///
    /// - Parameter id: The container's.
    func containerIsUp(_ id: String) {
        guard let path = job.options.cidFile else { return }
        if !job.options.removesOnExit { idFile?.cancel() } else if (try? Files.text(path)) == id { removeAtEnd(path) }
    }

    /// Whether an ID is left over from a run that was killed: empty, or that of a container that is gone.
    private func isGone(_ id: String, _ client: Client) async throws -> Bool {
        if id.isEmpty { return true }
        guard id.count == 64, id.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return false }
        do throws(EngineError) {
            _ = try await client.inspect(id)
            return false
        } catch {
            if error.isNotFound { return true }
            throw CommandError("look up container \(id) of --cidfile", error)
        }
    }
}
