// SPDX-License-Identifier: Apache-2.0

/// A platform of images: `linux/arm64`, `linux/arm/v6`.
///
/// Where only an operating system or only an architecture is given, the other is this machine's.
struct Platform: OptionValue {
    static let kind = "string"

    /// What the Engine gets; `nil` for an empty text: the Engine chooses.
    let text: String?

    /// Reads a platform as containerd's platforms.Parse does.
    ///
    /// - Parameter text: `os`, `arch` or `os/arch[/variant]`.
    /// - Throws: ``InvalidValue`` for anything else.
    init(option text: String) throws(InvalidValue) {
        if text.isEmpty {
            self.text = nil
            return
        }
        let parts = text.parts(at: "/").map { String($0) }
        let (name, version) = parts[0].cut(at: "(")
        let hasVersion = version.map { $0.hasSuffix(")") && Self.isWord($0.dropLast(), with: "_-.") } ?? true
        guard !name.isEmpty, Self.isWord(name, with: "_-"), hasVersion, parts.count < 4,
            parts.dropFirst().allSatisfy({ !$0.isEmpty && Self.isWord($0, with: "_-") })
        else { throw InvalidValue("not os, arch or os/arch[/variant]") }

        let lower = name.lowercased()
        let system = lower == "macos" ? "darwin" : lower
        if parts.count > 1 {
            self.text = Self.joined(system, Self.architecture(parts[1], parts.count > 2 ? parts[2] : nil))
        } else if Self.systems.contains(system) {
            self.text = Self.joined(system, (Self.ownArchitecture, ""))
        } else {
            let architecture = Self.architecture(parts[0], nil)
            guard Self.architectures.contains(architecture.0) else {
                throw InvalidValue("neither an operating system nor an architecture")
            }
            self.text = Self.joined("linux", architecture)
        }
    }

    /// The platform of `--platform`, or of DOCKER_DEFAULT_PLATFORM where that is not given.
    ///
    /// - Parameters:
    ///   - given: The option's.
    ///   - environment: Where the variable is looked up.
    /// - Throws: ``UsageError`` for a variable that is not a platform.
    init(given: Platform?, environment: [String: String]) throws(UsageError) {
        if let given {
            self = given
            return
        }
        let text = environment["DOCKER_DEFAULT_PLATFORM"] ?? ""
        do throws(InvalidValue) {
            try self.init(option: text)
        } catch {
            throw UsageError(value: text, of: "DOCKER_DEFAULT_PLATFORM", error)
        }
    }

    private static func joined(_ system: String, _ architecture: (String, String)) -> String {
        [system, architecture.0, architecture.1].filter { !$0.isEmpty }.joined(separator: "/")
    }

    private static func isWord(_ text: Substring, with marks: String) -> Bool {
        text.allSatisfy { $0.isASCIIAlphanumeric || marks.contains($0) }
    }

    private static func isWord(_ text: String, with marks: String) -> Bool { isWord(text[...], with: marks) }

    /// Go's name of an architecture, and its variant where it is not the default.
    private static func architecture(_ name: String, _ variant: String?) -> (String, String) {
        let given = variant?.lowercased() ?? ""
        switch name.lowercased() {
        case "i386": return ("386", "")
        case "x86_64", "x86-64", "amd64": return ("amd64", given == "v1" ? "" : given)
        case "aarch64", "arm64":
            if variant == nil { return ("arm64", "") }
            return ("arm64", given == "8" ? "v8" : given)
        case "armhf": return ("arm", variant == nil ? "" : "v7")
        case "armel": return ("arm", "v6")
        case "arm":
            if variant == nil { return ("arm", "") }
            return ("arm", ["5", "6", "7", "8"].contains(given) ? "v\(given)" : given)
        case let other: return (other, given)
        }
    }

    private static var ownArchitecture: String {
        #if arch(x86_64)
            "amd64"
        #elseif arch(arm64)
            "arm64"
        #elseif arch(i386)
            "386"
        #elseif arch(arm)
            "arm"
        #elseif arch(powerpc64le)
            "ppc64le"
        #elseif arch(riscv64)
            "riscv64"
        #elseif arch(s390x)
            "s390x"
        #else
            #error("Go has a name for this architecture")
        #endif
    }

    /// Sorted; Go's names.
    static let systems = [
        "aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "ios", "js", "linux", "nacl", "netbsd",
        "openbsd", "plan9", "solaris", "windows", "zos",
    ]
    /// Sorted; Go's names.
    static let architectures = [
        "386", "amd64", "amd64p32", "arm", "arm64", "arm64be", "armbe", "loong64", "mips", "mips64", "mips64le",
        "mips64p32", "mips64p32le", "mipsle", "ppc", "ppc64", "ppc64le", "riscv", "riscv64", "s390", "s390x", "sparc",
        "sparc64", "wasm",
    ]
}
