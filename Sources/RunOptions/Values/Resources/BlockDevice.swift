// SPDX-License-Identifier: Apache-2.0

/// A block device and what is said of it: `/dev/sda:500`.
struct BlockDevice {
    let path: String
    /// The text after the colon.
    let setting: Substring

    /// Takes the text of an option apart.
    ///
    /// - Parameter text: A path below /dev/, a colon, a setting.
    /// - Throws: ``InvalidValue`` where one of them is missing.
    init(_ text: String) throws(InvalidValue) {
        let (path, setting) = text.cut(at: ":")
        guard let setting, !path.isEmpty else { throw InvalidValue("not device:number") }
        guard path.hasPrefix("/dev/") else { throw InvalidValue("\"\(path)\" is not below /dev/") }
        self.path = String(path)
        self.setting = setting
    }
}
