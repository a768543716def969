// SPDX-License-Identifier: Apache-2.0

internal import Cgroups
internal import Engine

/// Word of how far a container's output is copied, for the wrapper that takes it over when this one is killed
/// (`KillMode=process`).
struct OutputMark {
    /// What the next wrapper needs to go on.
    struct Place {
        /// When the first wrapper began.
        var start: LogTime
        var tails: [OutputFrames.Stream: OutputTail]
    }

    /// How much of the end of each stream is noted.
    static let length = 1024

    private let mark: CgroupMark
    private let owner: [UInt8]

    /// - Parameter process: the container's PID 1: another one of the same container has another output.
    init(of container: Container, process: Int32) throws(CgroupError) {
        mark = try CgroupMark(on: process)
        owner = Array("\(container.id) \(process)\n".utf8)
    }

    /// Notes it; `false` where that cannot be done: we are not root, or the container is gone.
    func leave(_ place: Place) -> Bool { (try? mark.write(owner + Self.encode(place))) != nil }

    /// What a former wrapper has noted.
    func find() -> Place? {
        guard let bytes = try? mark.read(), bytes.starts(with: owner) else { return nil }
        return Self.decode(bytes.dropFirst(owner.count))
    }

    static func encode(_ place: Place) -> [UInt8] {
        var bytes: [UInt8] = []
        func put(_ number: Int64) { withUnsafeBytes(of: number) { bytes += $0 } }
        put(place.start.nanoseconds)
        for (stream, tail) in place.tails {
            put(Int64(stream.rawValue))
            for number in tail.numbers { put(number) }
            put(Int64(tail.bytes.count))
            bytes += tail.bytes
        }
        return bytes
    }

    static func decode(_ bytes: ArraySlice<UInt8>) -> Place? {
        var rest = bytes
        func number() -> Int64? {
            guard rest.count >= 8 else { return nil }
            defer { rest = rest.dropFirst(8) }
            return rest.prefix(8).withUnsafeBytes { $0.loadUnaligned(as: Int64.self) }
        }
        guard let start = number() else { return nil }
        var place = Place(start: LogTime(nanoseconds: start), tails: [:])
        while !rest.isEmpty {
            guard let raw = number().flatMap(UInt8.init(exactly:)), let stream = OutputFrames.Stream(rawValue: raw)
            else { return nil }
            let numbers = (0..<4).compactMap { _ in number() }
            guard let count = number(), (0...Int64(rest.count)).contains(count),
                let tail = OutputTail(numbers: numbers, bytes: Array(rest.prefix(Int(count))))
            else { return nil }
            rest = rest.dropFirst(Int(count))
            place.tails[stream] = tail
        }
        return place
    }
}
