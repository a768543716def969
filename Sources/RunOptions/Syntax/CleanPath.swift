// SPDX-License-Identifier: Apache-2.0

/// A path without `.`, `..` and doubled slashes, as Go's path.Clean writes it.
///
/// - Parameter path: Any path; symbolic links in it are not looked at.
/// - Returns: The shortest path of the same meaning, `.` for an empty one.
func cleanPath(_ path: String) -> String {
    let isAbsolute = path.hasPrefix("/")
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
        if part != ".." {
            parts.append(part)
        } else if let last = parts.last, last != ".." {
            parts.removeLast()
        } else if !isAbsolute {
            parts.append(part)
        }
    }
    let text = (isAbsolute ? "/" : "") + parts.joined(separator: "/")
    return text.isEmpty ? "." : text
}
