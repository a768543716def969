// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Claims
internal import Glibc
internal import JSON
internal import Linux

/// The OCI bundle that Docker makes for one start of a container; its config.json configures the container.
struct Bundle {
    let configuration: String

    init(_ folder: String) { configuration = "\(folder)/config.json" }

    /// The command of the runtime that ours executes for this container; empty for runc.
    ///
    /// Looked for in the bytes first: almost no container has one, and this runs with each call for each container.
    func runtime() throws(RuntimeError) -> [String] {
        guard let text = try read(), Self.contains(RuntimeAnnotation.key, text) else { return [] }
        let value: String?
        do throws(JSONError) {
            value = try Document(text).value(at: "annotations", RuntimeAnnotation.key)
        } catch {
            throw RuntimeError("cannot read \(configuration): \(error)")
        }
        guard let value else { return [] }
        let command = RuntimeAnnotation.command(of: value)
        guard !command.isEmpty else {
            throw RuntimeError("cannot read \(configuration): annotation \(RuntimeAnnotation.key) names no runtime")
        }
        return command
    }

    /// Whether the container must not run without the supervisor that has claimed it.
    func requiresClaim() throws(RuntimeError) -> Bool {
        guard let text = try read(), Self.contains(ClaimAnnotation.key, text) else { return false }
        do throws(JSONError) {
            return try Document(text).value(at: "annotations", ClaimAnnotation.key) == ClaimAnnotation.required
        } catch {
            throw RuntimeError("cannot read \(configuration): \(error)")
        }
    }

    /// Writes the cgroup and the names of the sockets into config.json.
    ///
    /// Docker makes a new bundle for each start, so the changes are for this start only.
    func order(place: String, socketNames: [String]) throws(RuntimeError) {
        guard let text = try read() else {
            throw RuntimeError("cannot change \(configuration): it does not exist, or another user can write to it")
        }
        let order = try edited(text, place, socketNames)
        do throws(SystemError) {
            try FileDraft(of: configuration, contents: order).commit()
        } catch {
            throw RuntimeError("\(error)")
        }
    }

    private func edited(_ text: [UInt8], _ place: String, _ names: [String]) throws(RuntimeError) -> [UInt8] {
        do throws(JSONError) {
            var document = try Document(text)
            try document.set(place, at: "linux", "cgroupsPath")
            if !names.isEmpty {
                // runc itself adds LISTEN_FDS and LISTEN_PID, and knows nothing of names (sd_listen_fds(3)).
                let prefix = "LISTEN_FDNAMES="
                let others = try document.value([String].self, at: "process", "env") ?? []
                try document.set(
                    others.filter { !$0.hasPrefix(prefix) } + [prefix + names.joined(separator: ":")],
                    at: "process", "env")
            }
            return document.text
        } catch {
            throw RuntimeError("cannot read \(configuration): \(error)")
        }
    }

    /// The text of config.json; `nil` where it does not exist, or another user could have written it.
    ///
    /// Else a call in another user's folder would execute the runtime that this user names.
    private func read() throws(RuntimeError) -> [UInt8]? {
        let path = configuration
        do throws(SystemError) {
            let file = Descriptor(owning: try system("open", on: path) { open(path, O_RDONLY | O_CLOEXEC) })
            var status = stat()
            try system("fstat", on: path) { fstat(file.rawValue, &status) }
            guard status.st_uid == geteuid(), status.st_mode & (S_IWGRP | S_IWOTH) == 0 else { return nil }
            var text: [UInt8] = []
            while true {
                let piece = try file.read(upTo: 65536)
                if piece.isEmpty { return text }
                text += piece
            }
        } catch {
            if error.isNotFound { return nil }
            throw RuntimeError("\(error)")
        }
    }

    private static func contains(_ word: String, _ text: [UInt8]) -> Bool {
        let bytes = Array(word.utf8)
        return CLinux_find(text, text.count, bytes, bytes.count)
    }
}
