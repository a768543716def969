// SPDX-License-Identifier: Apache-2.0

/// A namespace that is the container's own or the host's.
struct HostNamespace: OptionValue {
    static let kind = "string"

    let text: String

    init(option text: String) throws(InvalidValue) {
        guard ["", "host"].contains(text) else { throw InvalidValue("not host") }
        self.text = text
    }
}

/// The cgroup namespace: `host`, `private`.
struct CgroupNamespace: OptionValue {
    static let kind = "string"

    let text: String

    init(option text: String) throws(InvalidValue) {
        guard ["", "host", "private"].contains(text) else { throw InvalidValue("neither host nor private") }
        self.text = text
    }
}

/// The PID namespace: `host`, `container:NAME`.
struct ProcessNamespace: OptionValue {
    static let kind = "string"

    let text: String

    init(option text: String) throws(InvalidValue) {
        let isContainer = text.hasPrefix("container:") && text != "container:"
        guard ["", "host"].contains(text) || isContainer else { throw InvalidValue("neither host nor container:NAME") }
        self.text = text
    }
}
