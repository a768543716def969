// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a command has answered.
struct Answer: Sendable {
    var status: Int32
    var output: String
    var error: String

    /// Runs a command to its end.
    ///
    /// Not by Foundation's Process, which waits for all that the command leaves running as well; for the same reason
    /// the command writes to files, not to pipes.
    init(of program: URL, _ words: [String], input: String = "") throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "HostTests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let paths = ["input", "output", "error"].map { folder.appending(path: $0).path() }
        try input.write(toFile: paths[0], atomically: false, encoding: .utf8)

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, paths[0], O_RDONLY, 0)
        for (descriptor, path) in zip(Int32(1)..., paths[1...]) {
            posix_spawn_file_actions_addopen(&actions, descriptor, path, O_WRONLY | O_CREAT, 0o600)
        }
        var arguments = ([program.path()] + words).map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child = pid_t()
        let failure = posix_spawn(&child, program.path(), &actions, nil, &arguments, environ)
        guard failure == 0 else { throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .EINVAL) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) == -1, errno == EINTR {}
        self.status = status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
        output = String(decoding: try Data(contentsOf: URL(filePath: paths[1])), as: UTF8.self)
        error = String(decoding: try Data(contentsOf: URL(filePath: paths[2])), as: UTF8.self)
    }
}
