// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Writes a file that is root's into a container's file system; the container need not run.
    ///
    /// `PUT /containers/{id}/archive`. Folders that are missing are made; what mounts will hide is written below them.
    ///   - path: Absolute, of at most 100 bytes.
    ///   - mode: As chmod(2) has it.
    ///   - Throws: a 400 where the container's root is read-only.
    public func write(
        _ text: [UInt8], to path: String, mode: UInt32, in container: String
    ) async throws(EngineError) {
        // Else a file could take the place of a folder that the image has there.
        var request = Request(
            .put, "/containers/\(Request.escape(container))/archive",
            query: [("path", "/"), ("noOverwriteDirNonDir", "true")])
        request.bodyType = "application/x-tar"
        request.body = Self.archive(text, path: path, mode: mode)
        try await send(request)
    }

    /// An archive of one file (tar(5), "POSIX ustar Archives").
    nonisolated static func archive(_ text: [UInt8], path: String, mode: UInt32) -> [UInt8] {
        func octal(_ number: Int, _ digits: Int) -> String {
            let text = String(number, radix: 8)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        /// The header, with its own sum in it; the sum is made with spaces in its place.
        func header(sum: String) -> [UInt8] {
            let fields: [(text: String, width: Int)] = [
                (path, 100), (octal(Int(mode), 7), 8), (octal(0, 7), 8), (octal(0, 7), 8), (octal(text.count, 11), 12),
                (octal(0, 11), 12), (sum, 8), ("0", 1), ("", 100), ("ustar", 6), ("00", 2),
            ]
            return padded(
                fields.flatMap { [UInt8]($0.text.utf8) + [UInt8](repeating: 0, count: $0.width - $0.text.utf8.count) })
        }
        func padded(_ bytes: [UInt8]) -> [UInt8] { bytes + [UInt8](repeating: 0, count: -bytes.count & 511) }
        let sum = header(sum: "        ").reduce(0) { $0 + Int($1) }
        return header(sum: octal(sum, 6)) + padded(text) + [UInt8](repeating: 0, count: 1024)
    }
}
