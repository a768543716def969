// SPDX-License-Identifier: Apache-2.0

internal import Glibc
public import RunOptions
public import Systemd

/// What `--auto-update` notes on a container: `systemd-docker update` looks at those that have it, and believes nothing
/// of what it says (``UpdateSearch``).
public struct UpdateLabel: Sendable, Equatable {
    public static let name = "io.systemd-docker.auto-update"

    /// The user whose manager has the unit; `nil` is the system's.
    var user: uid_t?
    var unit: String
    /// As typed.
    var image: String
    var platform: String?

    public init(unit: Unit, image: String, platform: String?) {
        user = unit.isUser ? geteuid() : nil
        self.unit = unit.name
        self.image = image
        self.platform = platform
    }

    /// `system web.service nginx:1.25 linux/arm64`: none of these words can hold a space.
    public var value: String {
        ([user.map { "\($0)" } ?? "system", unit, image] + (platform.map { [$0] } ?? [])).joined(separator: " ")
    }

    /// Refuses what would make an update impossible, or a way back.
    public static func check(
        _ wrapper: WrapperOptions, _ options: ContainerOptions, environment: [String: String]
    ) throws(UsageError) {
        let reason: String? =
            if ImageReference(options.image)?.hasDigest != false {
                "\(options.image) is always the same image: name a tag"
            } else if !options.removesOnExit {
                "without --rm the next start takes the old container, and with it the old image"
            } else if options.pull == .always || options.pull == .newer {
                "with --pull \(options.pull) each start takes the new image, and there is no way back to the old one"
            } else if wrapper.tarball != nil {
                "with --load each start takes the tarball's image"
            } else if environment["NOTIFY_SOCKET"] == nil {
                "without Type=notify in the unit nobody hears whether the new image comes up"
            } else {
                nil
            }
        if let reason { throw UsageError("--auto-update: \(reason)") }
    }
}
