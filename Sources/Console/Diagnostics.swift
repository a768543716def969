// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Linux
internal import Systemd

/// What the program itself has to say, a line each on stderr; under a unit that is the journal.
///
/// While the loop runs the ``Console`` writes them; before and after, nothing else is kept waiting.
public struct Diagnostics: Sendable {
    /// The levels of sd-daemon(3), by number.
    public enum Level: Int, Sendable { case error = 3, warning = 4, notice = 5, info = 6 }

    private let marksLevel: Bool
    /// Where lines go instead of the console.
    private let descriptor: Int32?

    /// Marks lines with their level, as `<4>`, only where stderr leads to the journal.
    ///
    /// The journal takes the mark off again (`SyslogLevelPrefix=`); JOURNAL_STREAM says which descriptor leads there
    /// (systemd.exec(5)).
    public init(environment: [String: String]) {
        var status = stat()
        descriptor = nil
        marksLevel =
            fstat(STDERR_FILENO, &status) == 0 && environment["JOURNAL_STREAM"] == "\(status.st_dev):\(status.st_ino)"
    }

    /// Writes plain lines to another descriptor.
    public init(descriptor: Int32) {
        marksLevel = false
        self.descriptor = descriptor
    }

    public func error(_ text: some CustomStringConvertible) { write(.error, text) }
    public func warning(_ text: some CustomStringConvertible) { write(.warning, text) }
    public func notice(_ text: some CustomStringConvertible) { write(.notice, text) }
    public func info(_ text: some CustomStringConvertible) { write(.info, text) }

    public func write(_ level: Level, _ text: some CustomStringConvertible) {
        // One line, whatever an error quotes: control characters would end it or forge another.
        let line = text.description.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : String($0) }
        var bytes = Array(((marksLevel ? "<\(level.rawValue)>" : "") + "systemd-docker: " + line.joined() + "\n").utf8)
        guard descriptor == nil, EventLoop.shared.isCurrent else {
            // stderr is where we would say that stderr is broken.
            _ = Glibc.write(descriptor ?? STDERR_FILENO, &bytes, bytes.count)
            return
        }
        LoopActor.assumeOnLoop { [bytes] in Console.shared.write(line: bytes) }
    }
}
