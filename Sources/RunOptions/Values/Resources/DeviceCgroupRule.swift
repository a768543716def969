// SPDX-License-Identifier: Apache-2.0

/// A rule of the devices cgroup: `c 1:3 rwm`.
struct DeviceCgroupRule: OptionValue {
    static let kind = "list"

    let text: String

    init(option text: String) throws(InvalidValue) {
        let parts = text.parts(at: " ")
        let numbers = parts.count == 3 ? parts[1].parts(at: ":") : []
        let isRule =
            parts.count == 3 && ["a", "b", "c"].contains(parts[0]) && numbers.count == 2
            && numbers.allSatisfy { number in
                number == "*" || (!number.isEmpty && number.allSatisfy(\.isDigit))
            } && (1...3).contains(parts[2].count) && parts[2].allSatisfy { "rwm".contains($0) }
        guard isRule else { throw InvalidValue("not a rule such as c 1:3 rwm") }
        self.text = text
    }
}
