// SPDX-License-Identifier: Apache-2.0

import Testing

import Engine
@testable import RunOptions

@Suite("Values")
struct ValueTests {
    @Test(
        "sizes",
        arguments: zip(
            [
                "10", "10b", "1k", "1kB", "1KiB", "1.5g", ".5g", "5.g", "10 m", "+1g", "1e3", "1_000", "1p", "1.7k",
                "-0",
            ],
            [
                10, 10, 1024, 1024, 1024, 1_610_612_736, 536_870_912, 5_368_709_120, 10_485_760, 1_073_741_824, 1000,
                1000, 1 << 50, 1740, 0,
            ] as [Int64]))
    func sizes(text: String, bytes: Int64) throws { #expect(try Int64(binaryUnits: text) == bytes) }

    @Test(
        "invalid sizes",
        arguments: [
            "", " ", "m", "-1", "1ki", "1bb", "1eb", "10  m", " 10m", "0x10", "inf", "1,5g", "1..5", "1m5", ".", "1__0",
            "9999999999p", "1e400", "1e-9223372036854775808", "1e9223372036854775807", "1e10000", "1\u{301}", "1٣m",
            String(repeating: "9", count: 100_000),
        ])
    func noSize(text: String) { #expect(throws: InvalidValue.self) { try Int64(binaryUnits: text) } }

    @Test(
        "CPUs, in billionths",
        arguments: zip(
            ["1.5", ".5", "15e-1", "1/2", "+2", "-1", "1.", "0.0000000010", "0x2/2", "1E3"],
            [
                1_500_000_000, 500_000_000, 1_500_000_000, 500_000_000, 2_000_000_000, -1_000_000_000, 1_000_000_000, 1,
                1_000_000_000, 1_000_000_000_000,
            ] as [Int64]))
    func cpus(text: String, billionths: Int64) throws { #expect(try CPUCount(option: text).billionths == billionths) }

    @Test(
        "invalid numbers of CPUs",
        arguments: [
            "", ".", "x", " 1", "1/3", "1/0", "1/-2", "0.0000000001", "1e30",
            "1e-9223372036854775808", "1e99999999999999999999", "-9223372036854775808/1", "1/-9223372036854775808",
            "1\u{301}", String(repeating: "9", count: 100_000),
        ])
    func noCPUs(text: String) { #expect(throws: InvalidValue.self) { try CPUCount(option: text) } }

    @Test(
        "whole numbers, as Go writes them",
        arguments: zip(
            ["0x200", "010", "0b11", "0o17", "1_000", "0_7", "-5", "+5", "-0x10", "9223372036854775807"],
            [512, 8, 3, 15, 1000, 7, -5, 5, -16, Int64.max]))
    func numbers(text: String, number: Int64) throws { #expect(try Int64(goSyntax: text) == number) }

    @Test(
        "invalid whole numbers",
        arguments: ["", "-", "08", "1e3", "1.5", "0x", "_1", "1_", "1__0", " 1", "--1", "9223372036854775808", "١"])
    func noNumber(text: String) { #expect(throws: InvalidValue.self) { try Int64(goSyntax: text) } }

    @Test("an unsigned number has no sign and a range", arguments: ["-1", "+1", "65536"])
    func unsigned(text: String) { #expect(throws: InvalidValue.self) { try UInt16(goSyntax: text) } }

    @Test(
        "times",
        arguments: zip(
            ["0", "300ms", "1h2m3.5s", ".5s", "1us", "1µs", "-5s", "1.5ns", "1.123456789s"],
            [0, 300_000_000, 3_723_500_000_000, 500_000_000, 1000, 1000, -5_000_000_000, 1, 1_123_456_789] as [Int64]))
    func times(text: String, nanoseconds: Int64) throws {
        #expect(try GoDuration(option: text).nanoseconds == nanoseconds)
    }

    @Test(
        "invalid times",
        arguments: [
            "", "5", "1d", ".s", "1..5s", "-", "1h 2m", "99999999h", "9223372036854775808ns", "9223372036854775807s",
            "2562047h2562047h", "1\u{301}s", "\(String(repeating: "9", count: 100_000))s",
        ])
    func noTime(text: String) { #expect(throws: InvalidValue.self) { try GoDuration(option: text) } }

    @Test(
        "addresses in their shortest form",
        arguments: zip(
            [
                "1.2.3.4", "2001:DB8:0:0:0:0:0:1", "::ffff:1.2.3.4", "::1.2.3.4", "::", "1:0:0:2:0:0:0:3",
                "1:0:2:3:4:5:6:7", "1:2:3:4:5:6:7::", "::1:0", "::0.0.0.1", "::FFFF:0:1", "1::ffff:1.2.3.4",
            ],
            [
                "1.2.3.4", "2001:db8::1", "1.2.3.4", "::102:304", "::", "1:0:0:2::3", "1:0:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:0", "::1:0", "::1", "0.0.0.1", "1::ffff:102:304",
            ]))
    func addresses(text: String, canonical: String) { #expect(IPAddress(text)?.canonical == canonical) }

    @Test(
        "invalid addresses",
        arguments: [
            "", "1.2.3", "1.2.3.256", "01.2.3.4", ":", ":::", "1:", ":1::", "1::2::3", "1:2:3:4:5:6:7:8:9", "12345::",
            "fe80::1%eth0", "[::1]", "::1.2.3.4:5", "localhost", "1.2.3.4\0", "::1\0x", " ::1", "1.2.3.4 ", "0x1.2.3.4",
            "1.2.3.4.", "1٣.2.3.4", "::01.2.3.4", "1:2:3:4:5:6:7:8::",
        ])
    func noAddress(text: String) { #expect(IPAddress(text) == nil) }

    @Test(
        "published ports",
        arguments: [
            ("80", ["80/tcp >:"]), ("8080:80/UDP", ["80/udp >:8080"]), ("127.0.0.1::80", ["80/tcp >127.0.0.1:"]),
            ("[::1]:81:80", ["80/tcp >::1:81"]), ("::1:81:80", ["80/tcp >::1:81"]), ("::80", ["80/tcp >:"]),
            ("8000-8001:80-81", ["80/tcp >:8000", "81/tcp >:8001"]), ("8000-8002:80", ["80/tcp >:8000-8002"]),
            ("80-81", ["80/tcp >:", "81/tcp >:"]), ("00080:080/", ["80/tcp >:80"]),
            ("published=8080,target=80,protocol=sctp", ["80/sctp >:8080"]),
            ("target=80,published=127.0.0.1:81", ["80/tcp >127.0.0.1:81"]),
        ] as [(String, [String])])
    func ports(text: String, expected: [String]) throws {
        let bindings = try PublishedPorts(option: text).bindings
        #expect(bindings.map { "\($0.port) >\($0.binding.hostIP):\($0.binding.hostPort)" } == expected)
    }

    @Test(
        "invalid ports",
        arguments: [
            "", ":", "80:", "127.0.0.1:80", "65536", "-80", "80-", "82-80", "8000:80-82", "8000-8001:80-82", "80/x",
            "[::1:80:80", "[fe80::1%eth0]:80:80", "target=80,x", "published=80", "=80",
        ])
    func noPort(text: String) { #expect(throws: InvalidValue.self) { try PublishedPorts(option: text) } }

    @Test(
        "names that Docker takes",
        arguments: ["nginx.service", "web-1", "0a", "a_b", "/web"])
    func names(text: String) throws {
        #expect(try ContainerName(option: text).text == (text.hasPrefix("/") ? "web" : text))
    }

    @Test(
        "a name that Docker refuses gets one that works",
        arguments: [
            ("web@1.service", "use --name %p-%i"), ("a/b c", "use --name a-b-c"), ("-web", "use --name web"),
            ("a", "use --name container-a"), ("ü", "use --name container"), ("wéb", "use --name w-b"),
        ])
    func refusedNames(text: String, proposal: String) {
        let error = #expect(throws: InvalidValue.self) { try ContainerName(option: text) }
        #expect(error?.reason.hasSuffix(proposal) == true, "\(error?.reason ?? "")")
    }

    @Test("a file of variables: comments, CRLF, a byte order mark; trailing blanks are kept")
    func variableFile() throws {
        let text = "\u{FEFF}A=1\r\n# c\n\n  B=two words \nC\n  #d=e\n"
        #expect(try VariableFile.lines(of: Array(text.utf8)) == ["A=1", "B=two words ", "C"])
    }

    @Test(
        "a malformed file of variables",
        arguments: [
            (Array("A B=1".utf8), "white space in the name \"A B\" in line 1"),
            (Array("A=1\n=2".utf8), "no name before the = in line 2"), ([0x41, 0xFF], "line 1 is not UTF-8"),
            (Array(repeating: 0x41, count: 65536), "line 1 is too long"),
        ] as [([UInt8], String)])
    func noVariableFile(bytes: [UInt8], reason: String) {
        let error = #expect(throws: InvalidValue.self) { try VariableFile.lines(of: bytes) }
        #expect(error?.reason == reason)
    }

    @Test(
        "images",
        arguments: [
            "nginx", "a__b", "a--b", "localhost/x", "A.b:5/x:y", "a:t.-_T", "[::1]:5000/x",
            "a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        ])
    func images(text: String) { #expect(ImageReference.fault(in: text) == nil) }

    @Test(
        "invalid images",
        arguments: [
            "", "FOO", "a/B", "a..b", "a___b", "a:", "/a", "a/", "a//b", "_a", "a_", "a:-t", "a@sha256:abc", "é",
        ])
    func noImage(text: String) { #expect(ImageReference.fault(in: text) != nil) }

    @Test(
        "a name is taken apart as a registry wants it",
        arguments: [
            ("nginx", nil, "nginx", "latest"), ("team/web:1", nil, "team/web", "1"),
            ("localhost/web", "localhost", "localhost/web", "latest"),
            ("127.0.0.1:5000/a/b:t", "127.0.0.1:5000", "127.0.0.1:5000/a/b", "t"),
            ("web:1@sha256:\(digits)", nil, "web", "sha256:\(digits)"),
            ("[::1]:5000/a", "[::1]:5000", "[::1]:5000/a", "latest"),
        ] as [(String, String?, String, String)])
    func reference(text: String, host: String?, name: String, version: String) throws {
        let reference = try #require(ImageReference(text))
        #expect(reference.host == host && reference.name == name && reference.version == version)
        #expect(reference.hasDigest == text.contains("@"))
    }

    @Test(
        "the repository of a name, or of a pattern, is the name without its tag and digest",
        arguments: [
            ("nginx", "nginx"), ("nginx:1", "nginx"), ("h:5000/a/b", "h:5000/a/b"), ("h:5000/a/b:t", "h:5000/a/b"),
            ("web@sha256:\(digits)", "web"), ("h:5000/web:1@sha256:\(digits)", "h:5000/web"), ("team/*:$V", "team/*"),
            ("", ""),
        ])
    func repository(name: String, repository: String) { #expect(ImageReference.repository(of: name) == repository) }

    private static let digits = String(repeating: "5ca1ab1e", count: 8)

    @Test("neither an ID nor an invalid name is a name", arguments: [digits, "sha256:\(digits)", "Web", "", "a b"])
    func noReference(text: String) { #expect(ImageReference(text) == nil) }

    @Test(
        "a device is one of the host's, or one that CDI knows",
        arguments: [
            ("/dev/null", ["/dev/null", "/dev/null", "rwm"]), ("/dev/a:/dev/b", ["/dev/a", "/dev/b", "rwm"]),
            ("/dev/null:r", ["/dev/null", "/dev/null", "r"]), ("x:/y:mw", ["x", "/y", "mw"]),
            ("/dev//a/../b", ["/dev/b", "/dev/b", "rwm"]),
        ] as [(String, [String])])
    func devices(text: String, parts: [String]) throws {
        let device = CreateRequest.Device(
            pathOnHost: parts[0], pathInContainer: parts[1], cgroupPermissions: parts[2])
        #expect(try DeviceMapping(option: text).device == .path(device))
        #expect(try DeviceMapping(option: "nvidia.com/gpu=0").device == .cdi("nvidia.com/gpu=0"))
    }

    @Test(
        "invalid mounts",
        arguments: [
            "", "src=a", "type=,dst=/b", "type=bind,dst=/b,volume-nocopy", "dst=/b,foo=x", "dst=/b,ro=x",
            "type=bind,dst=/b,bind-recursive=writable", "type=tmpfs,dst=/b,tmpfs-mode=9", "dst=\"/b\"", "\"dst=/b",
        ])
    func noMount(text: String) { #expect(throws: InvalidValue.self) { try MountSpecification(option: text) } }

    @Test("a mount with settings of its kind")
    func mount() throws {
        let mount = try MountSpecification(
            option: "TYPE=tmpfs,\"target=/a,b\",readonly,tmpfs-size=1m,tmpfs-mode=1777"
        ).mount
        #expect(mount.type == "tmpfs")
        #expect(mount.target == "/a,b")
        #expect(mount.readOnly == true)
        #expect(mount.tmpfsOptions?.sizeBytes == 1 << 20)
        #expect(mount.tmpfsOptions?.mode == 0o1777)
    }

    @Test("mapping tables are sorted")
    func sorted() {
        #expect(Ulimit.names == Ulimit.names.sorted())
        #expect(Sysctl.names == Sysctl.names.sorted())
    }
}
