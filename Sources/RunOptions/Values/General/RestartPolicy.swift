// SPDX-License-Identifier: Apache-2.0

/// A restart policy: only `no` is accepted, since the Engine would start again what systemd has stopped.
struct RestartPolicy: OptionValue {
    static let kind = "string"

    let name: String

    init(option text: String) throws(InvalidValue) {
        guard ["", "no", "no:"].contains(text) else {
            throw InvalidValue("restarting is systemd's job, use Restart= in the unit")
        }
        name = text.trimmed(of: ":")
    }
}
