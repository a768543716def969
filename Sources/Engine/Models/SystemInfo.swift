// SPDX-License-Identifier: Apache-2.0

/// What the Engine says of itself; of many fields, those that we ask for.
public struct SystemInfo: Decodable, Sendable, Equatable {
    /// `systemd`, `cgroupfs` or `none`.
    public var cgroupDriver: String

    private enum CodingKeys: String, CodingKey { case cgroupDriver = "CgroupDriver" }
}
