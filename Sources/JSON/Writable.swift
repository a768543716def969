// SPDX-License-Identifier: Apache-2.0

/// A value that writes itself as JSON (RFC 8259).
///
/// Used in place of Encodable, which looks up the coding keys and containers of each type at run time: for a program that
/// writes one request that costs more than everything else it does.
public protocol Writable {
    /// Appends the value's JSON text.
    func write(to text: inout [UInt8])
}

/// A value that is a JSON object.
public protocol WritableObject: Writable {
    /// Adds its members to an object.
    func write(to object: inout Members)
}

/// The members of an object, which are written in the order of their names.
public struct Members {
    fileprivate var all: [(name: String, text: [UInt8])] = []

    /// Adds a member.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - value: Its value; a member without one is omitted.
    public mutating func add(_ name: String, _ value: (some Writable)?) {
        if let value { all.append((name, encode(value))) }
    }
}

/// Encodes a value as JSON; equal values give the same bytes.
public func encode(_ value: some Writable) -> [UInt8] {
    var text: [UInt8] = []
    value.write(to: &text)
    return text
}

extension WritableObject {
    public func write(to text: inout [UInt8]) {
        var object = Members()
        write(to: &object)
        object.all.sort { $0.name < $1.name }
        text.append(UInt8(ascii: "{"))
        for (index, member) in object.all.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            member.name.write(to: &text)
            text.append(UInt8(ascii: ":"))
            text += member.text
        }
        text.append(UInt8(ascii: "}"))
    }
}

extension Dictionary: Writable, WritableObject where Key == String, Value: Writable {
    public func write(to object: inout Members) {
        for (name, value) in self { object.add(name, value) }
    }
}

extension Array: Writable where Element: Writable {
    public func write(to text: inout [UInt8]) {
        text.append(UInt8(ascii: "["))
        for (index, element) in enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            element.write(to: &text)
        }
        text.append(UInt8(ascii: "]"))
    }
}

extension String: Writable {
    public func write(to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): text += Array("\\n".utf8)
            case UInt8(ascii: "\r"): text += Array("\\r".utf8)
            case UInt8(ascii: "\t"): text += Array("\\t".utf8)
            case 0..<0x20: text += Array((byte < 0x10 ? "\\u000" : "\\u00").utf8) + Array(String(byte, radix: 16).utf8)
            default: text.append(byte)
            }
        }
        text.append(UInt8(ascii: "\""))
    }
}

extension Bool: Writable {
    public func write(to text: inout [UInt8]) { text += Array((self ? "true" : "false").utf8) }
}

extension Writable where Self: FixedWidthInteger {
    public func write(to text: inout [UInt8]) { text += Array(String(self).utf8) }
}

extension Int: Writable {}
extension Int64: Writable {}
extension UInt: Writable {}
extension UInt16: Writable {}
extension UInt32: Writable {}
extension UInt64: Writable {}
