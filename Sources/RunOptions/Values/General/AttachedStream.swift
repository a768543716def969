// SPDX-License-Identifier: Apache-2.0

/// A stream of `--attach`: `stdin`, `stdout` or `stderr`, in any case.
enum AttachedStream: String, OptionValue {
    case stdin, stdout, stderr

    static var kind: String { "list" }

    init(option text: String) throws(InvalidValue) {
        guard let stream = AttachedStream(rawValue: text.lowercased()) else {
            throw InvalidValue("not one of stdin, stdout, stderr")
        }
        self = stream
    }
}
