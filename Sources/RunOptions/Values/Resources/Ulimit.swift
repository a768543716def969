// SPDX-License-Identifier: Apache-2.0

internal import Engine

/// A limit on a resource of the container's processes: `nofile=1024:2048`.
struct Ulimit: OptionValue {
    static let kind = "ulimit"

    let limit: CreateRequest.Ulimit

    /// Reads a limit of setrlimit(2).
    ///
    /// - Parameter text: `name=soft[:hard]`; without a hard limit it is the soft one, and -1 is unlimited.
    /// - Throws: ``InvalidValue`` for an unknown name, for what is not a number, and for a soft limit above the hard one.
    init(option text: String) throws(InvalidValue) {
        let (name, limits) = text.cut(at: "=")
        guard let limits else { throw InvalidValue("not name=soft[:hard]") }
        guard Self.names.contains(String(name)) else { throw InvalidValue("no such limit: \(name)") }
        let numbers = limits.parts(at: ":").map { Int64(decimal: $0) }
        guard numbers.count < 3, let soft = numbers[0], let hard = numbers[numbers.count - 1] else {
            throw InvalidValue("not one or two whole numbers")
        }
        guard hard == -1 || (soft != -1 && soft <= hard) else {
            throw InvalidValue("the soft limit is above the hard limit")
        }
        limit = CreateRequest.Ulimit(name: String(name), soft: soft, hard: hard)
    }

    /// Sorted.
    static let names = [
        "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio",
        "rttime", "sigpending", "stack",
    ]
}
