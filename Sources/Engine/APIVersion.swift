// SPDX-License-Identifier: Apache-2.0

/// A version of the Engine API: `1.41`.
public struct APIVersion: Sendable, Comparable, CustomStringConvertible {
    public let major: Int
    public let minor: Int

    /// The oldest that this program supports: Docker 20.10.
    public static let oldest = APIVersion(major: 1, minor: 41)
    /// The newest that this program knows; newer Engines speak it as well.
    public static let newest = APIVersion(major: 1, minor: 50)

    init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// - Parameter text: `1.41` or `v1.41`.
    public init?(_ text: String) {
        let parts = (text.hasPrefix("v") ? text.dropFirst() : text[...]).split(
            separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let major = Int(parts[0]), let minor = Int(parts[1]), major >= 0, minor >= 0 else {
            return nil
        }
        self.init(major: major, minor: minor)
    }

    public var description: String { "\(major).\(minor)" }

    public static func < (one: APIVersion, other: APIVersion) -> Bool {
        (one.major, one.minor) < (other.major, other.minor)
    }
}
