// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Time that only goes on, in microseconds.
enum Clock {
    static var microseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
    }
}
