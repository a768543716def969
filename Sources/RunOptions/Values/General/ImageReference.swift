// SPDX-License-Identifier: Apache-2.0

/// An image's name: `[host[:port]/]path[:tag][@digest]`.
public struct ImageReference: Sendable, Equatable {
    /// The registry, `host[:port]`; `nil` for the Engine's default.
    public let host: String?
    /// Registry and path as typed.
    public let name: String
    /// What is requested from the registry: the digest, else the tag, else `latest`.
    public let version: String
    /// Whether the name is pinned to a digest.
    public let hasDigest: Bool

    /// Takes a name apart.
    ///
    /// - Parameter text: As typed; what is not a name gives `nil`, an image ID too: registries only know names.
    public init?(_ text: String) {
        guard !Self.isID(text), Self.fault(in: text) == nil else { return nil }
        let (host, path, digest) = Self.split(text)
        let (name, tag) = path.cut(at: ":")
        self.host = host.map { String($0) }
        self.name = (host.map { "\($0)/" } ?? "") + name
        version = String(digest ?? tag ?? "latest")
        hasDigest = digest != nil
    }

    /// The repository of a name, which need not be valid: a pattern has one too.
    ///
    /// - Parameter name: An image's name, with or without registry, tag and digest.
    /// - Returns: The name without its tag and digest.
    public static func repository(of name: String) -> Substring {
        // Only after the last slash is a colon the tag's: a registry may have a port.
        let last = name.lastIndex(of: "/") ?? name.startIndex
        return name[..<(name[last...].firstIndex { $0 == ":" || $0 == "@" } ?? name.endIndex)]
    }

    /// Whether a text has the form of an image's name or ID.
    ///
    /// - Parameter text: Any text.
    /// - Returns: Whether the Engine can be asked for it.
    public static func isPlausible(_ text: String) -> Bool { fault(in: text) == nil }

    private static func isID(_ text: String) -> Bool { (text.count == 64 && isHex(text)) || isDigest(text[...]) }

    /// The first part of a path is a host where it cannot be anything else.
    private static func split(_ text: String) -> (host: Substring?, path: Substring, digest: Substring?) {
        let (reference, digest) = text.cut(at: "@")
        let (first, rest) = reference.cut(at: "/")
        guard let rest,
            first.contains(where: { $0 == "." || $0 == ":" }) || first == "localhost" || hasCapitals(first)
        else { return (nil, reference, digest) }
        return (first, rest, digest)
    }

    /// Checks a name or an ID.
    ///
    /// - Parameter text: As typed.
    /// - Returns: What is wrong with it; `nil` where nothing is.
    static func fault(in text: String) -> String? {
        if text.isEmpty { return "empty" }
        if isID(text) { return nil }
        let (host, path, digest) = split(text)
        if let digest, !isDigest(digest) { return "\"\(digest)\" is not a digest" }
        let (name, tag) = path.cut(at: ":")
        if let host, !isHost(host) { return "\"\(host)\" is not a host" }
        if hasCapitals(name) { return "the path must be lower-case" }
        if !name.parts(at: "/").allSatisfy(isComponent) { return "\"\(name)\" is not a path of an image" }
        if let tag, !isTag(tag) { return "\"\(tag)\" is not a tag" }
        if (host?.count ?? -1) + 1 + name.count > 255 { return "longer than 255 characters" }
        return nil
    }

    private static func hasCapitals(_ text: Substring) -> Bool { text.lowercased() != text }

    private static func isHex(_ text: some StringProtocol) -> Bool {
        text.allSatisfy { "0123456789abcdef".contains($0) }
    }

    /// Lower-case letters and digits, separated by one dot, one or two underscores or any number of dashes.
    private static func isComponent(_ text: Substring) -> Bool {
        let words = text.split(maxSplits: .max, omittingEmptySubsequences: false) { "._-".contains($0) }
        guard words.first?.isEmpty == false, words.last?.isEmpty == false,
            words.joined().allSatisfy({ $0.isASCIIAlphanumeric && !$0.isUppercase })
        else { return false }
        let separators = text.split { $0.isASCIIAlphanumeric }
        return separators.allSatisfy { $0 == "." || $0 == "_" || $0 == "__" || $0.allSatisfy { $0 == "-" } }
    }

    private static func isTag(_ text: Substring) -> Bool {
        (1...128).contains(text.count) && text.first.map { $0.isASCIIAlphanumeric || $0 == "_" } == true
            && text.allSatisfy { $0.isASCIIAlphanumeric || "_.-".contains($0) }
    }

    /// `sha256:` and at least 32 hexadecimal digits.
    private static func isDigest(_ text: Substring) -> Bool {
        let (algorithm, digits) = text.cut(at: ":")
        guard let digits, digits.count >= 32, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return false }
        let known = ["sha256": 64, "sha384": 96, "sha512": 128]
        return known[String(algorithm)] == digits.count && isHex(digits)
    }

    private static func isHost(_ text: Substring) -> Bool {
        var name = text
        if text.hasPrefix("[") {
            guard let end = text.lastIndex(of: "]") else { return false }
            let address = text[..<end].dropFirst()
            guard !address.isEmpty, address.allSatisfy({ $0 == ":" || ($0.isASCII && $0.isHexDigit) }) else {
                return false
            }
            name = "x" + text[text.index(after: end)...]
        }
        let (labels, port) = name.cut(at: ":")
        if let port, port.isEmpty || !port.allSatisfy({ $0.isDigit }) { return false }
        return labels.parts(at: ".").allSatisfy { label in
            !label.isEmpty && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.allSatisfy { $0.isASCIIAlphanumeric || $0 == "-" }
        }
    }
}
