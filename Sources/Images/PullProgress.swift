// SPDX-License-Identifier: Apache-2.0

internal import Engine

/// How far a pull has come, out of the lines that the Engine sends.
struct PullProgress: Sendable {
    private struct Layer {
        /// Bytes, none of them negative; 0 while it is not known.
        var total = 0
        var received = 0
        var unpacked = 0
        var (isReceived, isComplete) = (false, false)
    }

    private var layers: [String: Layer] = [:]
    private var percentage = 0
    private var isUnpacking = false
    /// What the registry calls the image.
    private(set) var digest: String?
    /// All that came, in bytes.
    private(set) var received = 0.0
    /// When and where the speed was last looked at.
    private var (lastTime, lastReceived): (UInt64, Double)

    /// - Parameter time: in microseconds, as all that follow.
    init(since time: UInt64) { (lastTime, lastReceived) = (time, 0) }

    /// Takes in the next line.
    mutating func take(_ message: ProgressMessage) {
        guard let status = message.status else { return }
        guard let id = message.id else {
            if status.hasPrefix("Digest: ") { digest = String(status.dropFirst("Digest: ".count)) }
            return
        }
        // The first line has the tag where others have the layer.
        guard !status.hasPrefix("Pulling from") else { return }
        var layer = layers[id] ?? Layer()
        // As the registry says; so two layers of 2^62 bytes are possible, and of their sums only floating point is sure.
        let (current, total) = (max(0, message.progress?.current ?? 0), max(0, message.progress?.total ?? 0))
        switch status {
        case "Downloading":
            layer.total = total
            // A download that was begun again starts at 0.
            received += Double(max(0, current - layer.received))
            layer.received = current
        case "Verifying Checksum", "Download complete":
            received += Double(max(0, layer.total - layer.received))
            layer.received = layer.total
            layer.isReceived = true
        case "Extracting":
            layer.isReceived = true
            if total > 0 { layer.unpacked = min(current, layer.total) }
        case "Pull complete", "Already exists":
            layer.unpacked = layer.total
            (layer.isReceived, layer.isComplete) = (true, true)
        default: break
        }
        layers[id] = layer
        count()
    }

    private mutating func count() {
        let known = layers.values.filter { $0.total > 0 }
        let sum = known.reduce(0.0) { $0 + Double($1.total) }
        guard sum > 0 else { return }
        func show(_ part: (Layer) -> Int, of all: Double) {
            let done = known.reduce(0.0) { $0 + Double(part($1)) }
            percentage = max(percentage, Int(100 * min(1, done / all)))
        }
        if layers.values.allSatisfy(\.isReceived) {
            if !isUnpacking { percentage = 0 }
            isUnpacking = true
            show(\.unpacked, of: sum)
        } else if !isUnpacking {
            // The Engine asks for a few layers at a time: the others are taken to be as large as these are.
            let unknown = Double(layers.values.count { $0.total == 0 && !$0.isReceived })
            show(\.received, of: sum + unknown * (sum / Double(known.count)))
        }
    }

    /// `43 %, 12 MB/s`, the speed being that since the last time that somebody asked; `nil` before the first byte.
    mutating func text(at time: UInt64) -> String? {
        guard received > 0 else { return nil }
        if isUnpacking { return "unpacking, \(percentage) %" }
        let speed = (received - lastReceived) * 1e6 / Double(max(1, time &- lastTime))
        (lastTime, lastReceived) = (time, received)
        return "\(percentage) %, \(Self.text(bytes: speed))/s"
    }

    /// `nginx [=====>    ] 43 %`, no wider than the terminal.
    func bar(_ name: String, columns: Int) -> String {
        let label = (isUnpacking ? "unpacking " : "pulling ") + name
        let tail = " \(String(repeating: " ", count: percentage < 10 ? 2 : percentage < 100 ? 1 : 0))\(percentage) %"
        let width = min(50, columns - label.count - tail.count - 4)
        guard width > 4 else { return String((label + tail).prefix(max(0, columns - 1))) }
        let done = (width - 1) * percentage / 100
        let (past, rest) = (String(repeating: "=", count: done), String(repeating: " ", count: width - 1 - done))
        return "\(label) [\(past)>\(rest)]\(tail)"
    }

    /// A number of bytes with two or three digits and a unit: `640 kB`, `1.2 GB`.
    static func text(bytes: Double) -> String {
        // More than 64 bits hold of anything, and less than an Int of the largest unit.
        var (value, units) = (min(max(bytes, 0), 1e24), ["B", "kB", "MB", "GB", "TB", "PB", "EB"][...])
        while value >= 999.5, units.count > 1 {
            value /= 1000
            units.removeFirst()
        }
        let unit = units.first ?? ""
        let tenths = Int((value * 10).rounded())
        return unit == "B" || tenths >= 100
            ? "\(Int(value.rounded())) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
    }
}
