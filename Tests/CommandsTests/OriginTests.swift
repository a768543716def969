// SPDX-License-Identifier: Apache-2.0

import Linux
import Support
import Systemd
import Testing

@Suite("Whose container it is", .timeLimit(.minutes(1)))
struct OriginTests {
    init() { LoopThread.start() }

    private static let label = "io.systemd-docker.arguments"

    /// A container called `web` that has a label of ours, or seems to.
    struct Origin: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// `nil` without a label; "" for the one that this run would give it.
        var label: String?
        /// Its image has the same label, so that it tells nothing.
        var isImages = false
        /// It was made by a run of ours.
        var isOurs = false

        static let all = [
            Origin(testDescription: "made by hand"),
            Origin(
                testDescription: "made by hand from an image with our label", label: "2:0000000000000000",
                isImages: true),
            Origin(
                testDescription: "made by hand from an image with the very label", label: "", isImages: true),
            Origin(testDescription: "made by us with other arguments", label: "2:0000000000000000", isOurs: true),
            Origin(testDescription: "made by us with the same arguments", label: "", isOurs: true),
        ]
    }

    /// What the Engine says of the container and of its image.
    @LoopActor
    private func arrange(_ docker: Docker, _ origin: Origin, _ status: String) async throws {
        let label = origin.label == "" ? try await ownLabel() : origin.label
        let labels = label.map { #"{"\#(Self.label)":"\#($0)"}"# } ?? "{}"
        func inspection(_ status: String) -> Answer {
            .json(
                """
                {"Id":"\(Docker.id)","Name":"/web","Image":"sha256:1","RestartCount":0,\
                "State":{"Status":"\(status)","Running":\(status == "running"),\
                "Pid":\(status == "running" ? docker.process.id : 0),"ExitCode":0},\
                "Config":{"Tty":false,"Labels":\(labels)},"HostConfig":{"AutoRemove":false,"CgroupParent":"",\
                "RestartPolicy":{"Name":"no","MaximumRetryCount":0}}}
                """)
        }
        docker.engine.on("GET", "/containers/web/json", inspection(status))
        docker.engine.on("GET", "\(Docker.path)/json", inspection("running"))
        docker.engine.on(
            "GET", "/images/*/json",
            .json(#"{"Id":"sha256:1","Config":{"Labels":\#(origin.isImages ? labels : "{}")}}"#))
        docker.engine.on("POST", "\(Docker.path)/stop", .empty(204))
        docker.engine.on("POST", "\(Docker.path)/kill", .empty(204))
    }

    /// What a run with no options but a name labels its container with.
    @LoopActor
    private func ownLabel() async throws -> String {
        let docker = try Docker(MainProcess())
        docker.engine.on("POST", "/containers/create", .refusal(500, "that is enough"))
        _ = try await docker.run([]).end()
        let creation = try #require(docker.engine.received.first { $0.path == "/containers/create" })
        let text = try #require(creation.text.split(separator: #""\#(Self.label)":""#).dropFirst().first)
        return String(text.prefix { $0 != "\"" })
    }

    @LoopActor
    private func finish(_ docker: Docker, _ wrapper: Wrapper) async throws -> Wrapper.End {
        try await docker.say("up\n")
        try await wrapper.says("up\n")
        try docker.process.exit(3)
        try await docker.ended()
        return try await wrapper.end()
    }

    @Test("one that runs is replaced where it is ours and has other arguments, and no other one", arguments: Origin.all)
    @LoopActor
    func running(origin: Origin) async throws {
        let docker = try Docker(code: 3, MainProcess())
        try await arrange(docker, origin, "running")
        let end = try await finish(docker, try docker.run([]))
        #expect(end.status == .exited(3))
        let isReplaced = origin.isOurs && origin.label != ""
        let changes = ["POST /containers/ID/stop", "DELETE /containers/ID", "POST /containers/create"]
        #expect(docker.asked.filter(changes.contains) == (isReplaced ? changes : []))
        let words = isReplaced ? "is running with other arguments: replacing it" : "is running already: taking it over"
        #expect(end.error == "systemd-docker: container web \(words)\n")
    }

    @Test(
        "one that has stopped is started again, and where it is ours it is said if it is another", arguments: Origin.all
    )
    @LoopActor
    func stopped(origin: Origin) async throws {
        let docker = try Docker(code: 3, MainProcess())
        try await arrange(docker, origin, "exited")
        let end = try await finish(docker, try docker.run([]))
        #expect(end.status == .exited(3))
        #expect(!docker.asked.contains("POST /containers/create"))
        #expect(end.error.contains("was made with other arguments") == (origin.isOurs && origin.label != ""))
    }

    // MARK: clean-up

    @Test("clean-up ends what a run of ours has left, and nothing else", arguments: Origin.all, ["created", "running"])
    @LoopActor
    func cleanUp(origin: Origin, status: String) async throws {
        let docker = try Docker(MainProcess())
        try await arrange(docker, origin, status)
        let end = try await Wrapper(["clean-up", "web"], environment: docker.engine.environment).end()
        #expect(end.status == .exited(0))
        let changes = docker.asked.filter { !$0.hasPrefix("GET ") }
        let deed = status == "created" ? "DELETE /containers/ID" : "POST /containers/ID/stop"
        #expect(changes == (origin.isOurs ? [deed] : []))
        #expect(end.error.isEmpty == !origin.isOurs)
    }

    @Test(
        "clean-up of one run kills the container with its mark, and nothing where there is none",
        arguments: [true, false])
    @LoopActor
    func cleanUpOfRun(isThere: Bool) async throws {
        let docker = try Docker(MainProcess())
        try await arrange(docker, Origin(testDescription: "", label: "2:0000000000000000", isOurs: true), "running")
        docker.engine.on(
            "GET", "/containers/json",
            .json(isThere ? #"[{"Id":"\#(Docker.id)","Names":["/web"],"ImageID":"sha256:1"}]"# : "[]"))
        let end = try await Wrapper(["clean-up", "--run", "5eed"], environment: docker.engine.environment).end()
        #expect(end.status == .exited(0))
        #expect(docker.asked.filter { !$0.hasPrefix("GET ") } == (isThere ? ["POST /containers/ID/kill"] : []))
        let list = try #require(docker.engine.received.first { $0.path == "/containers/json" })
        #expect(list.query.contains("io.systemd-docker.run%3D5eed"))
    }
}
