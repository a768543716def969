// SPDX-License-Identifier: Apache-2.0

internal import Linux

/// A file of `NAME=value` lines: no quoting, no expansion, # begins a comment line.
struct VariableFile {
    /// The lines that are neither empty nor comments; each has a valid name, some have no =.
    let lines: [String]

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - option: The option that names it, for messages.
    /// - Throws: ``UsageError`` for a file that cannot be read or is not made of such lines.
    init(path: String, option: String) throws(UsageError) {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Files.read(path)
        } catch {
            throw UsageError("cannot read \"\(path)\" for \(option): \(error.reason)")
        }
        do throws(InvalidValue) {
            lines = try Self.lines(of: bytes)
        } catch {
            throw UsageError("invalid file \"\(path)\" for \(option): \(error.reason)")
        }
    }

    /// Takes the contents of a file apart.
    ///
    /// - Parameter bytes: The contents, in UTF-8, with or without a byte order mark and carriage returns.
    /// - Returns: ``lines``.
    /// - Throws: ``InvalidValue`` with the number of the line that is wrong.
    static func lines(of bytes: [UInt8]) throws(InvalidValue) -> [String] {
        var lines: [String] = []
        for (number, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
        {
            var line = line
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            guard line.count < 65536 else { throw InvalidValue("line \(number + 1) is too long") }
            if number == 0, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
            guard let text = String(validating: line, as: UTF8.self) else {
                throw InvalidValue("line \(number + 1) is not UTF-8")
            }
            let words = text.drop(while: \.isWhitespace)
            if words.isEmpty || words.hasPrefix("#") { continue }
            let name = words.cut(at: "=").0
            guard !name.isEmpty else { throw InvalidValue("no name before the = in line \(number + 1)") }
            guard !name.contains(where: \.isWhitespace) else {
                throw InvalidValue("white space in the name \"\(name)\" in line \(number + 1)")
            }
            lines.append(String(words))
        }
        return lines
    }
}
