// SPDX-License-Identifier: Apache-2.0

internal import CLinux

/// The `NAME=value` entries that this process was started with (environ(7)).
public func environmentEntries() -> [String] {
    var entries: [String] = []
    guard var next = CLinux_environment() else { return [] }
    while let entry = next.pointee {
        entries.append(String(cString: entry))
        next += 1
    }
    return entries
}
