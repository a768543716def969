// SPDX-License-Identifier: Apache-2.0

internal import Glibc
public import Linux

/// A file that is the body of a request, read while it is sent.
public final class Upload {
    /// Where it was opened.
    public let path: String
    /// Its length in bytes when it was opened.
    public let size: Int
    private var sent = 0
    private let file: Descriptor
    private let onProgress: (_ sent: Int) -> Void

    /// Takes over a regular file.
    ///
    /// - Parameters:
    ///   - file: The open file, at its beginning.
    ///   - path: Where it was opened, for messages.
    ///   - size: Its length in bytes.
    ///   - onProgress: Called after each part that was read, with the number of bytes read so far.
    public init(
        _ file: consuming Descriptor, path: String, size: Int, onProgress: @escaping (_ sent: Int) -> Void = { _ in }
    ) {
        self.file = file
        self.path = path
        self.size = size
        self.onProgress = onProgress
    }

    /// Fills the buffer with the next part of the file.
    ///
    /// - Throws: ENODATA if the file was truncated since it was opened.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        let count = try system("read", on: path) { Glibc.read(file.rawValue, buffer.baseAddress, buffer.count) }
        guard count > 0 else { throw SystemError(call: "read", subject: path, code: ENODATA) }
        sent += count
        onProgress(sent)
        return count
    }
}
