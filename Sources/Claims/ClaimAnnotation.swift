// SPDX-License-Identifier: Apache-2.0

/// The container's annotation that forbids to run it without the supervisor that has claimed it.
///
/// It is removed with its supervisor (`--rm`): a start that Docker carries out after the supervisor was killed would leave
/// it behind.
public enum ClaimAnnotation {
    /// Its key.
    public static let key = "io.systemd-docker.claim"
    /// Its value.
    public static let required = "required"
}
