// SPDX-License-Identifier: Apache-2.0

/// The help of a table: a line for each option, in the table's order.
///
/// - Parameter table: The options; those without a line of help are left out.
/// - Returns: Two columns.
func helpText<Settings>(of table: [Option<Settings>]) -> String {
    let rows = table.filter { !$0.help.isEmpty }.map { option in
        let short = option.short.map { "-\($0), " } ?? "    "
        let value = option.kind.map { " \($0)" } ?? ""
        return (option: "  \(short)\(option.name)\(value)", help: option.help)
    }
    let width = (rows.map(\.option.count).max() ?? 0) + 3
    return rows.map { row in
        row.option + String(repeating: " ", count: width - row.option.count) + row.help + "\n"
    }.joined()
}
