// SPDX-License-Identifier: Apache-2.0

/// The 64-bit FNV-1a hash, to tell a few texts apart; it is no protection against an attacker.
public func fnv1a(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}
