// SPDX-License-Identifier: Apache-2.0

internal import Engine

/// A mount in the long form: `type=bind,source=/host,target=/container,readonly`.
struct MountSpecification: OptionValue {
    static let kind = "mount"

    private(set) var mount = CreateRequest.Mount()

    init(option text: String) throws(InvalidValue) {
        for field in try CSV.fields(of: text) { try read(field: field) }
        guard !mount.type.isEmpty else { throw InvalidValue("no type") }
        try checkFamilies()
        if let options = mount.bindOptions {
            let isReadOnly = mount.readOnly == true
            if options.readOnlyNonRecursive == true && !isReadOnly {
                throw InvalidValue("bind-recursive=writable needs readonly")
            }
            if options.readOnlyForceRecursive == true && !(isReadOnly && options.propagation == "rprivate") {
                throw InvalidValue("bind-recursive=readonly needs readonly and bind-propagation=rprivate")
            }
        }
        guard mount.target?.isEmpty == false else { throw InvalidValue("no target") }
    }

    private mutating func read(field: String) throws(InvalidValue) {
        let (word, text) = field.cut(at: "=")
        let key = word.lowercased()
        // Flags may stand alone; everything else has a value.
        guard let value = text.map(String.init) ?? (Self.flags.contains(key) ? "true" : nil) else {
            throw InvalidValue("\"\(field)\" is not key=value")
        }
        switch key {
        case "type": mount.type = value.lowercased()
        case "source", "src": mount.source = value.isEmpty ? nil : value
        case "target", "dst", "destination": mount.target = value
        case "readonly", "ro": mount.readOnly = try flag(value, of: key)
        case "consistency": mount.consistency = value.isEmpty ? nil : value.lowercased()
        case let key where key.hasPrefix("bind-"): try readBind(key, value)
        case let key where key.hasPrefix("volume-"): try readVolume(key, value)
        case "image-subpath":
            var options = CreateRequest.Mount.ImageOptions()
            options.subpath = value.isEmpty ? nil : value
            mount.imageOptions = options
        case "tmpfs-size", "tmpfs-mode": try readTmpfs(key, value)
        default: throw InvalidValue("no such key: \(key)")
        }
    }

    private mutating func readBind(_ key: String, _ value: String) throws(InvalidValue) {
        var options = mount.bindOptions ?? CreateRequest.Mount.BindOptions()
        switch (key, value) {
        case ("bind-propagation", _): options.propagation = value.isEmpty ? nil : value.lowercased()
        case ("bind-nonrecursive", _): options.nonRecursive = try flag(value, of: key)
        case ("bind-recursive", "enabled"): return
        case ("bind-recursive", "disabled"): options.nonRecursive = true
        case ("bind-recursive", "writable"): options.readOnlyNonRecursive = true
        case ("bind-recursive", "readonly"): options.readOnlyForceRecursive = true
        case ("bind-recursive", _):
            throw InvalidValue("bind-recursive is not one of enabled, disabled, writable, readonly")
        default: throw InvalidValue("no such key: \(key)")
        }
        mount.bindOptions = options
    }

    private mutating func readVolume(_ key: String, _ value: String) throws(InvalidValue) {
        var options = mount.volumeOptions ?? CreateRequest.Mount.VolumeOptions()
        var driver = options.driverConfig ?? CreateRequest.Mount.Driver()
        let (name, setting) = value.cut(at: "=")
        switch key {
        case "volume-subpath": options.subpath = value.isEmpty ? nil : value
        case "volume-nocopy": options.noCopy = try flag(value, of: key)
        case "volume-label":
            if !name.isEmpty { options.labels = (options.labels ?? [:]).setting(name, to: setting) }
        case "volume-driver": driver.name = value.isEmpty ? nil : value
        case "volume-opt":
            if !name.isEmpty { driver.options = (driver.options ?? [:]).setting(name, to: setting) }
        default: throw InvalidValue("no such key: \(key)")
        }
        options.driverConfig = driver
        mount.volumeOptions = options
    }

    private mutating func readTmpfs(_ key: String, _ value: String) throws(InvalidValue) {
        var options = mount.tmpfsOptions ?? CreateRequest.Mount.TmpfsOptions()
        if key == "tmpfs-size" {
            let size = try Int64(binaryUnits: value)
            options.sizeBytes = size == 0 ? nil : size
        } else {
            guard value.first?.isDigit == true, let mode = UInt32(value, radix: 8) else {
                throw InvalidValue("tmpfs-mode is not an octal number")
            }
            options.mode = mode == 0 ? nil : mode
        }
        mount.tmpfsOptions = options
    }

    /// Refuses settings of another type of mount, which the Engine would not use.
    private func checkFamilies() throws(InvalidValue) {
        let families: [(type: String, isUsed: Bool)] = [
            ("bind", mount.bindOptions != nil), ("image", mount.imageOptions != nil),
            ("tmpfs", mount.tmpfsOptions != nil), ("volume", mount.volumeOptions != nil),
        ]
        for family in families where family.isUsed && mount.type != family.type {
            throw InvalidValue("\(family.type)-… cannot be used with type=\(mount.type)")
        }
    }

    /// Reads a flag: `nil`, which is not sent, where it is off.
    private func flag(_ value: String, of key: String) throws(InvalidValue) -> Bool? {
        do throws(InvalidValue) {
            return try Bool(option: value) ? true : nil
        } catch {
            throw InvalidValue("\(key) is \(error.reason)")
        }
    }

    private static let flags = ["bind-nonrecursive", "readonly", "ro", "volume-nocopy"]
}

extension Dictionary where Key == String, Value == String {
    /// The dictionary with one more entry.
    fileprivate func setting(_ key: Substring, to value: Substring?) -> Self {
        var copy = self
        copy[String(key)] = String(value ?? "")
        return copy
    }
}
