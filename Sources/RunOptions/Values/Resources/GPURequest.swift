// SPDX-License-Identifier: Apache-2.0

internal import Engine

/// Requested GPUs: `all`, `2`, or `driver=…,count=…,"device=0,1",capabilities=…,options=…`.
struct GPURequest: OptionValue {
    static let kind = "gpu-request"

    private(set) var request = CreateRequest.DeviceRequest()

    init(option text: String) throws(InvalidValue) {
        var seen: Set<String> = []
        for field in try CSV.fields(of: text) {
            let (word, value) = field.cut(at: "=")
            let key = String(word)
            guard seen.insert(key).inserted else { throw InvalidValue("\(key) is given twice") }
            guard let value else {
                seen.insert("count")
                request.count = try Self.count(key)
                continue
            }
            switch key {
            case "driver": request.driver = String(value)
            case "count": request.count = try Self.count(String(value))
            case "device": request.deviceIDs = value.parts(at: ",").map(String.init)
            case "capabilities": request.capabilities = [value.parts(at: ",").map(String.init) + ["gpu"]]
            case "options": request.options = Dictionary(pairs: try CSV.fields(of: String(value)))
            default: throw InvalidValue("no such key: \(key)")
            }
        }
        if !seen.contains("count"), request.deviceIDs == nil { request.count = 1 }
        request.options = request.options ?? [:]
        request.capabilities = request.capabilities ?? [["gpu"]]
    }

    private static func count(_ text: String) throws(InvalidValue) -> Int {
        if text == "all" { return -1 }
        guard let count = Int(decimal: text) else { throw InvalidValue("\"\(text)\" is neither a count nor all") }
        return count
    }
}
