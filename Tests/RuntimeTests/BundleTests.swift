// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import JSON
import Linux
import Support
import Testing

@testable import Runtime

@Suite("Bundle")
struct BundleTests {
    private let folder: TemporaryFolder
    private let bundle: Bundle

    init() throws {
        folder = try TemporaryFolder()
        bundle = Bundle(folder.path)
    }

    private func write(_ text: String) throws { try Files.replace(bundle.configuration, with: text, mode: 0o640) }
    private var text: String { get throws { try Files.text(bundle.configuration) } }

    @Test("another place is all that changes: keys, numbers and spaces of others stay as they are")
    func place() throws {
        let old = """
            {"ociVersion":"1.2.0","linux":{"resources":{"memory":{"limit":18446744073709551615,"swap":-1},"x":1.50e3},\
            "cgroupsPath":"system.slice:docker:0123","unheard-of":{"b":1,"a":[{"c":null}]}} , "process":{"env":["A=1"]}}
            """
        try write(old)
        try bundle.order(place: "/system.slice/web.service/container", socketNames: [])
        #expect(
            try text == old.replacing("system.slice:docker:0123", with: "/system.slice/web.service/container"))
        var status = Glibc.stat()
        #expect(stat(bundle.configuration, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o640)
        #expect(try Files.names(in: folder.path) == ["config.json"])
    }

    @Test("a place where there was none", arguments: [#"{"linux":{}}"#, "{}"])
    func noPlace(old: String) throws {
        try write(old)
        try bundle.order(place: "/a.service/container", socketNames: [])
        #expect(
            try Document(Files.read(bundle.configuration)).value(at: "linux", "cgroupsPath") == "/a.service/container")
    }

    @Test(
        "the names of sockets take the place of others",
        arguments: [
            (#"{"process":{"env":["A=1"]}}"#, ["A=1", "LISTEN_FDNAMES=a:b"]),
            (#"{"process":{"env":["LISTEN_FDNAMES=x","A=1\"ä"]}}"#, ["A=1\"ä", "LISTEN_FDNAMES=a:b"]),
            (#"{"process":{}}"#, ["LISTEN_FDNAMES=a:b"]),
        ])
    func names(old: String, variables: [String]) throws {
        try write(old)
        try bundle.order(place: "/a", socketNames: ["a", "b"])
        #expect(try Document(Files.read(bundle.configuration)).value(at: "process", "env") == variables)
    }

    @Test(
        "what cannot be ordered is told, and nothing is changed",
        arguments: [
            ("{\"linux\":", "line 1, column 10: the text ends too early"),
            ("", "line 1, column 1: the text ends too early"),
            ("[]", "the document is not an object"),
            (#"{"linux":null}"#, "\"linux\" is not an object"),
        ])
    func unreadable(old: String, reason: String) throws {
        try write(old)
        #expect(throws: RuntimeError("cannot read \(bundle.configuration): \(reason)")) {
            try bundle.order(place: "/a", socketNames: [])
        }
        #expect(try text == old)
    }

    @Test("an order that is missing is told")
    func missing() throws {
        let error = #expect(throws: RuntimeError.self) { try bundle.order(place: "/a", socketNames: []) }
        #expect(error?.description.hasPrefix("cannot change \(bundle.configuration): it does not exist") == true)
        #expect(try bundle.runtime() == [])
    }

    @Test(
        "the runtime that ours executes is the one that the annotation names",
        arguments: [
            (#"{"annotations":{"io.systemd-docker.runtime":"/opt/my crun\n--debug"}}"#, ["/opt/my crun", "--debug"]),
            (#"{"annotations":{"io.systemd-docker.runtime":"crun"}}"#, ["crun"]),
            (#"{"annotations":{"other":"crun"}}"#, []),
            (#"{"process":{"env":["io.systemd-docker.runtime=crun"]}}"#, []),
            ("not JSON", []),
        ])
    func runtime(text: String, command: [String]) throws {
        try write(text)
        #expect(try bundle.runtime() == command)
    }

    @Test(
        "an annotation that cannot be read stops the call: runc must not take another runtime's place",
        arguments: [
            #"{"annotations":{"io.systemd-docker.runtime":""}}"#, #"{"annotations":{"io.systemd-docker.runtime":7}}"#,
            #"{"annotations":{"io.systemd-docker.runtime":"#,
        ])
    func unreadableRuntime(text: String) throws {
        try write(text)
        #expect(throws: RuntimeError.self) { try bundle.runtime() }
    }

    @Test("what another user could have written names no runtime")
    func foreign() throws {
        try write(#"{"annotations":{"io.systemd-docker.runtime":"crun"}}"#)
        try system("chmod", on: bundle.configuration) { chmod(bundle.configuration, 0o666) }
        #expect(try bundle.runtime() == [])
    }
}
