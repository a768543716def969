// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import JSON
internal import Linux

/// Why a call could not be passed on; Docker shows it to the user who started the container.
struct RuntimeError: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// Runs a body, and throws its error as one of this type.
    static func of<Value: ~Copyable, Failure: Error & CustomStringConvertible>(
        _ body: () throws(Failure) -> Value
    ) throws(RuntimeError) -> Value {
        do throws(Failure) { return try body() } catch { throw RuntimeError(error.description) }
    }

    /// Reports it as runc does: as the last line of its log, where containerd's shim finds the reason, and on stderr.
    ///
    /// A log that cannot be written is ignored.
    func tell(_ invocation: Invocation) {
        let sentence = "systemd-docker-runtime: \(description)"
        if let log = invocation.log { Self.append(line(sentence, isJSON: invocation.logsJSON), to: log) }
        Self.write(sentence + "\n", to: 2)
    }

    private func line(_ sentence: String, isJSON: Bool) -> String {
        let fields = ["level": "error", "msg": sentence, "time": Self.now]
        if isJSON { return String(decoding: JSON.encode(fields), as: UTF8.self) + "\n" }
        return "time=\"\(Self.now)\" level=error msg=\"\(sentence)\"\n"
    }

    private static func append(_ text: String, to path: String) {
        let number = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        guard number >= 0 else { return }
        let file = Descriptor(owning: number)
        write(text, to: file.rawValue)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        _ = Array(text.utf8).withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }

    /// As RFC 3339 has it, in UTC.
    private static var now: String {
        var (now, parts) = (time(nil), tm())
        var text = [CChar](repeating: 0, count: 32)
        gmtime_r(&now, &parts)
        let count = strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
        return String(decoding: text.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
