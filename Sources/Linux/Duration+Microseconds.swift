// SPDX-License-Identifier: Apache-2.0

extension Duration {
    /// In microseconds, as systemd and the kernel's timers count, rounded up; 0 for a negative time.
    public var microseconds: UInt64 {
        guard self > .zero else { return 0 }
        let (seconds, attoseconds) = components
        let fraction = UInt64((attoseconds + 999_999_999_999) / 1_000_000_000_000)
        return UInt64(seconds).multipliedSaturating(by: 1_000_000).addingSaturating(fraction)
    }
}
