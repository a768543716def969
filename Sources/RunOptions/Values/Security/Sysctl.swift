// SPDX-License-Identifier: Apache-2.0

/// A kernel parameter that containers can have of their own: `net.core.somaxconn=1024`.
struct Sysctl: OptionValue {
    static let kind = "map"

    let text: String

    init(option text: String) throws(InvalidValue) {
        let (name, value) = text.cut(at: "=")
        guard value != nil else { throw InvalidValue("not name=value") }
        guard name.hasPrefix("net.") || name.hasPrefix("fs.mqueue.") || Self.names.contains(String(name)) else {
            throw InvalidValue("\"\(name)\" is not namespaced: a container cannot have its own value")
        }
        self.text = text
    }

    /// Sorted; those of the IPC namespace.
    static let names = [
        "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shm_rmid_forced", "kernel.shmall",
        "kernel.shmmax", "kernel.shmmni",
    ]
}
