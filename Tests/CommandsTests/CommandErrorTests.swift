// SPDX-License-Identifier: Apache-2.0

import Engine
import Testing

@testable import Commands
@testable import Console

@Suite("Launch error")
struct LaunchErrorTests {
    /// What Docker 20.10 to 28 answer to a start, and the status with which `docker run` ends then.
    private static let refusals: [(status: Int, message: String, code: CommandError.Code)] = [
        (
            400,
            "OCI runtime create failed: container_linux.go:380: starting container process caused: exec: \"nope\": "
                + "executable file not found in $PATH: unknown", .notFound
        ),
        (
            400,
            "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create "
                + "failed: unable to start container process: exec: \"nope\": executable file not found in $PATH: unknown",
            .notFound
        ),
        (
            400,
            "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create "
                + "failed: unable to start container process: error during container init: exec: \"/nope\": stat /nope: "
                + "no such file or directory: unknown", .notFound
        ),
        (
            400,
            "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create "
                + "failed: unable to start container process: error during container init: exec: \"/etc/passwd\": "
                + "permission denied: unknown", .notExecutable
        ),
        (
            400,
            "OCI runtime create failed: container_linux.go:380: starting container process caused: exec: \"/etc\": "
                + "is a directory: unknown", .notExecutable
        ),
        (
            500,
            "driver failed programming external connectivity on endpoint web: Bind for 0.0.0.0:80 failed: port is "
                + "already allocated", .engine
        ),
        (404, "network front not found", .engine),
        (409, "cannot join network of a non running container: 5ca1ab1e", .engine),
        (500, "", .engine),
    ]

    @Test("a start that Docker refuses ends as docker run does", arguments: refusals)
    func start(status: Int, message: String, code: CommandError.Code) {
        let error = CommandError(
            starting: "web", .refused(call: "POST /containers/5ca1ab1e/start", status: status, message: message))
        #expect(error.code == code)
        #expect(error.description.hasPrefix("start container web: "))
        #expect(error.description.contains(message))
        #expect(error.description.contains("the image has no such command") == (code == .notFound))
        #expect(error.description.contains("is not an executable file") == (code == .notExecutable))
    }

    @Test("a folder that is missing on the host is no missing command, though docker run says 127 as well")
    func missingMount() {
        let message =
            "OCI runtime create failed: runc create failed: unable to start container process: error during container "
            + "init: error mounting \"/srv/x\" to rootfs at \"/x\": no such file or directory: unknown"
        let error = CommandError(starting: "web", .refused(call: "POST /start", status: 400, message: message))
        #expect(error.code == .notFound)
        #expect(error.description.hasSuffix(message))
    }

    @Test(
        "what is not Docker's own answer is not about the command",
        arguments: [
            EngineError.unreachable(socket: "/no such file or directory", code: 2, reason: "No such file or directory"),
            .cut(call: "POST /start", reason: "permission denied"),
            .timedOut(call: "POST /start", after: .seconds(120)),
            .garbage(call: "POST /start", reason: "executable file not found"),
        ])
    func notRefused(error: EngineError) { #expect(CommandError(starting: "web", error).code == .engine) }

    @Test("an image that is not there is to be brought in; another thing that is not there is not")
    func create() {
        let image = CommandError(
            creating: "web", from: "nginx:1",
            .refused(call: "POST /containers/create", status: 404, message: "No such image: nginx:1"))
        #expect(image.code == .engine)
        #expect(
            image.description
                == "create container web from image nginx:1: POST /containers/create: Docker answered 404: "
                + "No such image: nginx:1: bring it in with --load FILE, or let it be pulled with --pull missing")
        let link = CommandError(
            creating: "web", from: "nginx:1",
            .refused(
                call: "POST /containers/create", status: 404,
                message: "could not get container for elastic: No such container: elastic"))
        #expect(link.code == .engine)
        #expect(!link.description.contains("--pull"))
    }

    @Test("the statuses are those of docker run, and that of sysexits.h")
    func codes() {
        #expect(CommandError.Code.engine.rawValue == 125)
        #expect(CommandError.Code.notExecutable.rawValue == 126)
        #expect(CommandError.Code.notFound.rawValue == 127)
        #expect(CommandError.Code.usage.rawValue == 64)
        #expect(CommandError("no").code == .engine)
    }
}
