// SPDX-License-Identifier: Apache-2.0

internal import Glibc
public import Linux

/// A file that is the body of a request, read as it is sent.
public final class Upload {
    /// Where it was opened.
    public let path: String
    /// Its length in bytes when it was opened.
    public let size: Int
    private var sent = 0
    private let file: Descriptor
    private let moves: (_ sent: Int) -> Void

    /// Takes a regular file.
    ///
    ///   - moves: Called each time that some of it was read, with all that was.
    public init(
        _ file: consuming Descriptor, path: String, size: Int, moves: @escaping (_ sent: Int) -> Void = { _ in }
    ) {
        self.file = file
        self.path = path
        self.size = size
        self.moves = moves
    }

    /// Fills the buffer as far as the file goes, which may have been cut short since.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        let count = try system("read", on: path) { Glibc.read(file.rawValue, buffer.baseAddress, buffer.count) }
        guard count > 0 else { throw SystemError(call: "read", subject: path, code: ENODATA) }
        sent += count
        moves(sent)
        return count
    }
}
