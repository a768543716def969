// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Support
import Systemd
import Testing

/// The program as it was built, run by a test.
@LoopActor
final class Wrapper {
    /// What is left of it.
    struct End: Sendable, Equatable {
        var status: Linux.ExitStatus
        var output: String
        var error: String
    }

    /// One of its output descriptors, read by the test.
    @LoopActor
    private final class Reader {
        private(set) var bytes: [UInt8] = []
        private var isAtEnd = false
        private var awaited: [(text: [UInt8], waiter: Waiter<Void>)] = []

        func follow(_ descriptor: Int32) async throws {
            defer {
                isAtEnd = true
                tell()
            }
            while true {
                _ = try await EventLoop.shared.wait(forUnowned: descriptor, to: .readable)
                let piece = try readBytes(from: descriptor, upTo: 65536)
                if piece.isEmpty { return }
                bytes += piece
                tell()
            }
        }

        func wait(for text: String) async throws {
            let waiter = Waiter<Void>()
            awaited.append((Array(text.utf8), waiter))
            tell()
            try await waiter.value
        }

        private func tell() {
            for (text, waiter) in awaited {
                if contains(text) {
                    waiter.resume(.success(()))
                } else if isAtEnd {
                    waiter.resume(.failure(Missing(text: String(decoding: text, as: UTF8.self), in: string)))
                }
            }
        }

        private func contains(_ text: [UInt8]) -> Bool {
            bytes.indices.contains { bytes[$0...].starts(with: text) }
        }

        var string: String { String(decoding: bytes, as: UTF8.self) }
    }

    /// What was waited for did not come.
    struct Missing: Error {
        let text: String
        let `in`: String
    }

    private let child: Child
    private let process: Linux.Process
    private let output = Reader()
    private let error = Reader()
    private let readingOutput: Task<Void, any Error>
    private let readingError: Task<Void, any Error>

    /// Runs it in this environment and no other.
    ///
    /// - Parameters:
    ///   - input: its stdin; else it is /dev/null.
    ///   - terminal: its stdin, and the terminal that it is in the foreground of.
    ///   - givenOutput: its stdout; else the test reads it.
    ///   - gate: its stdout is read only when this opens.
    init(
        _ arguments: [String], environment: [String: String], input: Int32? = nil, terminal: Int32? = nil,
        output givenOutput: Int32? = nil, outputAfter gate: Gate? = nil, markingLevels: Bool = false
    ) throws {
        let null = Descriptor(owning: try system("open", on: "/dev/null") { open("/dev/null", O_RDWR | O_CLOEXEC) })
        let output = try Pipe()
        let error = try Pipe()
        var variables = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"].merging(environment) { $1 }
        if markingLevels {
            var status = stat()
            fstat(error.writing.rawValue, &status)
            variables["JOURNAL_STREAM"] = "\(status.st_dev):\(status.st_ino)"
        }
        let words = (terminal == nil ? [] : ["/usr/bin/setsid", "--ctty"]) + [Self.path] + arguments
        child = try Child(
            words[0], Array(words.dropFirst()), environment: variables.map { "\($0.key)=\($0.value)" },
            descriptors: [
                terminal ?? input ?? null.rawValue, givenOutput ?? output.writing.rawValue, error.writing.rawValue,
            ])
        process = try Linux.Process(child.id)
        let (outputEnd, errorEnd) = (output.closingWriting().release(), error.closingWriting().release())
        let (outputReader, errorReader) = (self.output, self.error)
        readingOutput = EventLoop.shared.task {
            let end = Descriptor(owning: outputEnd)
            try await gate?.opened()
            try await outputReader.follow(end.rawValue)
        }
        readingError = EventLoop.shared.task {
            let end = Descriptor(owning: errorEnd)
            try await errorReader.follow(end.rawValue)
        }
    }

    /// The program that was built beside the tests.
    nonisolated static let path: String = {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = max(0, readlink("/proc/self/exe", &buffer, buffer.count))
        let own = String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
        return own.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/systemd-docker"
    }()

    var id: Int32 { child.id }

    /// Whether it has ended.
    var hasEnded: Bool {
        var ready = pollfd(fd: process.descriptor.rawValue, events: Int16(POLLIN), revents: 0)
        return poll(&ready, 1, 0) == 1
    }

    func send(_ signal: Signal) { child.send(signal) }

    /// Sends a signal, and waits until it has taken it up.
    func takes(_ signal: Signal) async throws {
        send(signal)
        let name = "ShdPnd:\t"
        while true {
            let line = try Files.text("/proc/\(id)/status").split(separator: "\n").first { $0.hasPrefix(name) }
            let pending = line.flatMap { UInt64($0.dropFirst(name.count), radix: 16) } ?? 0
            // What has ended takes nothing up any more.
            if pending & 1 << (signal.rawValue - 1) == 0 || hasEnded { return }
            try await EventLoop.shared.sleep(.milliseconds(1))
        }
    }

    /// Whether it goes on once it has seen to all that was ready by now: to each of these signals its loop comes once more.
    ///
    /// No process ends by SIGWINCH, in a container or not (signal(7)).
    func goesOn() async throws -> Bool {
        for _ in 1...5 where !hasEnded { try await takes(.windowChange) }
        return !hasEnded
    }

    /// How many bytes it has written so far, wherever to (proc_pid_io(5)).
    func written() throws -> Int {
        let lines = try Files.text("/proc/\(id)/io").split(separator: "\n")
        return lines.first { $0.hasPrefix("wchar: ") }.flatMap { Int($0.dropFirst("wchar: ".count)) } ?? 0
    }

    /// Waits until its stdout holds a text.
    func says(_ text: String) async throws { try await output.wait(for: text) }

    /// Waits until its stderr holds a text.
    func complains(_ text: String) async throws { try await error.wait(for: text) }

    /// Waits for its end.
    func end() async throws -> End {
        _ = try await EventLoop.shared.wait(for: process.descriptor, to: .readable)
        let status = try child.reap()
        try await readingOutput.value
        try await readingError.value
        return End(status: status, output: output.string, error: error.string)
    }
}
