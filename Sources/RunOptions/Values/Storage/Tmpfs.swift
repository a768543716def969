// SPDX-License-Identifier: Apache-2.0

/// A file system in memory: `path`, `path:options`.
struct Tmpfs: OptionValue {
    static let kind = "list"

    let path: String
    let options: String

    init(option text: String) {
        let (path, options) = text.cut(at: ":")
        self.path = String(path)
        self.options = String(options ?? "")
    }
}
