// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Writes a file that belongs to root into a container's file system, whether the container runs or not.
    ///
    /// `PUT /containers/{id}/archive`. Missing folders are created. The file is written below the container's mounts,
    /// which may hide it.
    ///
    /// - Parameters:
    ///   - text: The file's contents.
    ///   - path: Its absolute path, of at most 100 bytes.
    ///   - mode: Its mode (chmod(2)).
    ///   - container: The container's name or ID.
    /// - Throws: ``EngineError``: a 400 if the container's root is read-only.
    public func write(
        _ text: [UInt8], to path: String, mode: UInt32, in container: String
    ) async throws(EngineError) {
        // Without it the file could replace a folder of the image.
        var request = Request(
            .put, "/containers/\(Request.escape(container))/archive",
            query: [("path", "/"), ("noOverwriteDirNonDir", "true")])
        request.bodyType = "application/x-tar"
        request.body = Self.archive(text, path: path, mode: mode)
        try await send(request)
    }

    /// A tar archive of one file (tar(5), "POSIX ustar Archives").
    nonisolated static func archive(_ text: [UInt8], path: String, mode: UInt32) -> [UInt8] {
        func octal(_ number: Int, _ digits: Int) -> String {
            let text = String(number, radix: 8)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        // The checksum is of the header with spaces in the checksum's place.
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
