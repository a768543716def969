// SPDX-License-Identifier: Apache-2.0

import Linux
import Support
import Systemd

@testable import Commands

/// A ``FakeEngine`` that knows of one container, `web`, from its creation to its end.
@LoopActor
final class Docker {
    /// What the Engine says of the container.
    struct Inspection {
        var id = Docker.id
        var status = "created"
        var process: Int32 = 0
        var exitCode = 0
        var hasTerminal = false
        var stopSignal: String?
        var stopTimeout: Int?
        var removesItself = false
        var restartPolicy = "no"
        var restarts = 0
        /// The JSON of its HEALTHCHECK, and of what came of it.
        var healthcheck: String?
        var health: String?

        var answer: Answer {
            let signal = stopSignal.map { #","StopSignal":"\#($0)""# } ?? ""
            let timeout = stopTimeout.map { #","StopTimeout":\#($0)"# } ?? ""
            let healthcheck = healthcheck.map { #","Healthcheck":\#($0)"# } ?? ""
            let health = health.map { #","Health":\#($0)"# } ?? ""
            return .json(
                """
                {"Id":"\(id)","Name":"/web","RestartCount":\(restarts),"State":{"Status":"\(status)",\
                "Running":\(["running", "paused", "restarting"].contains(status)),"Pid":\(process),\
                "ExitCode":\(exitCode)\(health)},"Config":{"Tty":\(hasTerminal)\(signal)\(timeout)\(healthcheck)},\
                "HostConfig":{"AutoRemove":\(removesItself),"CgroupParent":"",\
                "RestartPolicy":{"Name":"\(restartPolicy)","MaximumRetryCount":0}}}
                """)
        }
    }

    nonisolated static let id = String(repeating: "5ca1ab1e", count: 8)
    nonisolated static let path = "/containers/\(id)"

    let engine: FakeEngine
    /// The container's end of the attachment.
    let streams: Hijack
    /// The Engine's answer to the wait comes with it.
    let reported: Gate
    let process: MainProcess
    let name: String
    private(set) var inspection: Inspection

    /// An Engine where nothing is called `web` yet, and a container can be made and started.
    ///
    /// - Parameters:
    ///   - code: the exit code that the Engine will report.
    ///   - change: what is special about the container.
    init(
        code: Int = 0, name: String = "web", _ process: MainProcess,
        _ change: (inout Inspection) -> Void = { _ in }
    ) throws {
        self.name = name
        engine = try FakeEngine()
        streams = try Hijack()
        reported = try Gate()
        self.process = process
        inspection = Inspection()
        change(&inspection)
        var running = inspection
        running.status = "running"
        running.process = process.id
        engine.on("GET", "/containers/\(name)/json", .refusal(404, "No such container: web"))
        engine.on("GET", "/containers/json", .json("[]"))
        engine.on("POST", "/containers/create", .json(#"{"Id":"\#(Self.id)","Warnings":[]}"#, status: 201))
        engine.on("GET", "\(Self.path)/json", inspection.answer, running.answer)
        engine.on("POST", "\(Self.path)/wait", .json(#"{"StatusCode":\#(code)}"#, after: reported))
        engine.on("POST", "\(Self.path)/attach", .hijack(streams))
        engine.on("POST", "\(Self.path)/start", .empty(204))
        engine.on("DELETE", Self.path, .empty(204))
        engine.on("GET", "/events?until", .chunked([]))
        engine.on("GET", "/events", Answer(.send(Answer.head(200, ["Transfer-Encoding": "chunked"])), .hang))
    }

    /// Says that a container called `web` is there already.
    func has(_ status: String, _ change: (inout Inspection) -> Void = { _ in }) {
        inspection.status = status
        inspection.process = status == "running" ? process.id : 0
        change(&inspection)
        engine.on("GET", "/containers/\(name)/json", inspection.answer)
        var running = inspection
        running.status = "running"
        running.process = process.id
        engine.on("GET", "\(Self.path)/json", running.answer)
    }

    /// Runs the wrapper: `run OPTIONS… --name web image`.
    func run(
        _ options: [String] = ["--rm"], wrapper: [String] = [], environment: [String: String] = [:],
        input: Int32? = nil, terminal: Int32? = nil, output: Int32? = nil,
        outputAfter gate: Gate? = nil
    ) throws -> Wrapper {
        try Wrapper(
            wrapper + ["run"] + options + ["--name", name, "image"],
            environment: engine.environment.merging(environment) { $1 }, input: input, terminal: terminal,
            output: output, outputAfter: gate)
    }

    /// Runs the wrapper until it shows the container's output, so that it certainly supervises.
    func running(_ options: [String] = ["--rm"], wrapper: [String] = []) async throws -> Wrapper {
        let wrapper = try run(options, wrapper: wrapper)
        try await say("up\n")
        try await wrapper.says("up\n")
        return wrapper
    }

    /// A piece of output in its frame.
    nonisolated static func frame(_ text: String, stream: UInt8 = 1) -> [UInt8] {
        let count = text.utf8.count
        return [stream, 0, 0, 0] + (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) } + text.utf8
    }

    /// Says something on the container's stdout.
    func say(_ text: String) async throws { try await streams.send(Self.frame(text)) }

    /// What the Engine does when the container's process has ended: takes note, closes its streams, answers the wait.
    ///
    /// - Parameter takesNote: Whether the container does not run any more, as far as it says.
    func ended(takesNote: Bool = true) async throws {
        _ = try await process.ended()
        if takesNote {
            var over = inspection
            (over.status, over.process) = ("exited", 0)
            engine.on("GET", "\(Self.path)/json", over.answer)
        }
        try await streams.close()
        reported.open()
    }

    /// Method and path of all that the Engine was asked, but for its version, its name, the `/info` and the `/events`.
    var asked: [String] {
        engine.received.map { "\($0.method) \($0.path)" }.map {
            $0.hasSuffix(Self.id) ? String($0.dropLast(Self.id.count)) + "ID" : $0.replacing(Self.id, with: "ID")
        }.filter { !["GET /_ping", "GET /info", "GET /events"].contains($0) }
    }
}

extension String {
    fileprivate func replacing(_ part: String, with other: String) -> String {
        guard let start = firstRange(of: part) else { return self }
        return self[..<start.lowerBound] + other + self[start.upperBound...]
    }

    private func firstRange(of part: String) -> Range<Index>? {
        indices.lazy.filter { self[$0...].hasPrefix(part) }.first.map { $0..<index($0, offsetBy: part.count) }
    }
}
