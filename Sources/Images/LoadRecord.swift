// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Linux

/// What came of a tarball when it was loaded last: a small file, which still counts after a reboot.
struct LoadRecord {
    private let folder: String
    /// The tarball as it was, and the image: as long as these are the same, the ID is.
    private let subject: String

    /// `nil` where there is no folder for it.
    ///
    /// Whoever changes a file's contents changes its ctime, which cannot be set (inode(7)). Its device has another
    /// number after each boot.
    init?(of tarball: String, _ status: stat, image: String, environment: [String: String]) {
        let given = environment["STATE_DIRECTORY"].flatMap { $0.split(separator: ":").first }.map { String($0) }
        guard let folder = given ?? (geteuid() == 0 ? "/var/lib/systemd-docker" : nil) else { return nil }
        self.folder = folder
        subject = """
            \(image)
            \(tarball)
            \(status.st_ino) \(status.st_size) \(status.st_ctim.tv_sec).\(status.st_ctim.tv_nsec)

            """
    }

    /// Named after tarball and image, by a hash: of two of one name, one is loaded again.
    private var path: String {
        let names = subject.split(separator: "\n").prefix(2).joined(separator: "\n")
        return "\(folder)/load-\(String(fnv1a(names.utf8), radix: 16))"
    }

    /// The ID of the image that came of it.
    func read() -> String? {
        guard let text = try? Files.text(path), text.hasPrefix(subject) else { return nil }
        return text.dropFirst(subject.count).split(separator: "\n").first.map { String($0) }
    }

    func write(_ id: String) throws(SystemError) {
        try Files.makeFolder(folder)
        try Files.replace(path, with: "\(subject)\(id)\n")
    }
}
