// SPDX-License-Identifier: Apache-2.0

/// Something that reads what comes from outside.
struct Decoder: Sendable {
    let name: String
    /// Good inputs, to begin with.
    let seeds: [[UInt8]]
    /// How many times as long as others it takes: it gets as many rounds fewer.
    let cost: Int
    /// Reads any input, and uses what it says; what is wrong with an input is no error.
    let decode: @Sendable ([UInt8]) async throws -> Void

    init(
        _ name: String, _ seeds: [String], cost: Int = 1, _ decode: @escaping @Sendable ([UInt8]) async throws -> Void
    ) {
        self.init(name, bytes: seeds.map { Array($0.utf8) }, cost: cost, decode)
    }

    init(
        _ name: String, bytes seeds: [[UInt8]], cost: Int = 1,
        _ decode: @escaping @Sendable ([UInt8]) async throws -> Void
    ) {
        (self.name, self.seeds, self.cost, self.decode) = (name, seeds, cost, decode)
    }

    static let all = json + engine + output + files + options + messages
}

/// The text of an input; bytes that are not UTF-8 become U+FFFD, as wherever we read text.
func text(_ input: [UInt8]) -> String { String(decoding: input, as: UTF8.self) }

/// The words of a command line, of which an input has one on each line.
func words(_ input: [UInt8]) -> [String] {
    text(input).split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
}
