// SPDX-License-Identifier: Apache-2.0

/// Ports that the container listens on, without publishing them: `80`, `8000-8010/udp`.
struct ExposedPorts: OptionValue {
    static let kind = "list"

    let ports: [String]

    init(option text: String) throws(InvalidValue) {
        let (range, transport) = PortRange.split(text[...])
        guard let ports = PortRange(range)?.ports else { throw InvalidValue("not a port or a range of ports") }
        self.ports = ports.map { "\($0)/\(transport)" }
    }
}
