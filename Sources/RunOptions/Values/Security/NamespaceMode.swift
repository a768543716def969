// SPDX-License-Identifier: Apache-2.0

/// Which namespaces a container shares: the values of `--userns`, `--uts`, `--cgroupns` and `--pid`.
enum NamespaceMode {
    /// The container's own user or UTS namespace, or the host's: `host`.
    struct Host: OptionValue {
        static let kind = "string"

        let text: String

        init(option text: String) throws(InvalidValue) {
            guard ["", "host"].contains(text) else { throw InvalidValue("not host") }
            self.text = text
        }
    }

    /// The cgroup namespace: `host`, `private`.
    struct Cgroup: OptionValue {
        static let kind = "string"

        let text: String

        init(option text: String) throws(InvalidValue) {
            guard ["", "host", "private"].contains(text) else { throw InvalidValue("neither host nor private") }
            self.text = text
        }
    }

    /// The PID namespace: `host`, `container:NAME`.
    struct PID: OptionValue {
        static let kind = "string"

        let text: String

        init(option text: String) throws(InvalidValue) {
            let isContainer = text.hasPrefix("container:") && text != "container:"
            guard ["", "host"].contains(text) || isContainer else {
                throw InvalidValue("neither host nor container:NAME")
            }
            self.text = text
        }
    }
}
