// SPDX-License-Identifier: Apache-2.0

/// A claim that could not be made, or whose claimer could not be asked.
public struct ClaimError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
