// SPDX-License-Identifier: Apache-2.0

import Testing

/// What a user of systemctl, docker and journalctl sees, on real hosts: one after the other, each on every kind of host
/// that it is about.
@Suite("Hosts", .serialized)
struct HostTests {}
