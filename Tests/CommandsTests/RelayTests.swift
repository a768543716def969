// SPDX-License-Identifier: Apache-2.0

import Linux
import Support
import Systemd
import Testing

@Suite("Signals to a container", .timeLimit(.minutes(1)))
struct RelayTests {
    init() { LoopThread.start() }

    @Test(
        "it dies of what we are sent, and so do we",
        arguments: [
            Signal.terminate, .interrupt, .hangup, .quit, .user1, .user2, Signal(rawValue: 34), Signal(rawValue: 50),
            Signal(rawValue: 64),
        ])
    @LoopActor
    func relayed(signal: Signal) async throws {
        let docker = try Docker(code: 128 + Int(signal.rawValue), MainProcess())
        let wrapper = try await docker.running([])
        wrapper.send(signal)
        #expect(try await docker.process.ended() == .signaled(signal))
        try await docker.streams.close()
        docker.reported.open()
        let asked = [Signal.terminate, .interrupt, .hangup, .quit].contains(signal)
        let untold = Linux.ExitStatus.exited(UInt8(128 + signal.rawValue))
        // An end that was asked for is known by its number, too.
        #expect(
            try await wrapper.end().status
                == (asked || Linux.Process.kernelTellsExitStatus ? .signaled(signal) : untold))
    }

    @Test(
        "what it does not die of it gets, each as often as we do", arguments: [Signal.windowChange, .continue, .user1])
    @LoopActor
    func handled(signal: Signal) async throws {
        let process = try MainProcess("trap 'echo got >&4' \(signal.rawValue)")
        let docker = try Docker(process)
        let wrapper = try await docker.running([])
        for _ in 1...3 {
            wrapper.send(signal)
            #expect(try await process.says() == "got\n")
        }
        try process.exit(0)
        try await docker.ended()
        #expect(try await wrapper.end().status == .exited(0))
        #expect(!process.hasMoreToSay)
    }

    @Test(
        "SIGTERM is the container's own stop signal, and death by that is a clean end",
        arguments: [("SIGQUIT", 3), ("USR1", 10), ("SIGRTMIN+3", 37), ("15", 15), ("", 15), ("SIGNONE", 15)])
    @LoopActor
    func stopSignal(name: String, number: Int32) async throws {
        let docker = try Docker(code: 128 + Int(number), MainProcess()) { $0.stopSignal = name }
        let wrapper = try await docker.running([])
        wrapper.send(.terminate)
        #expect(try await docker.process.ended() == .signaled(Signal(rawValue: number)))
        try await docker.streams.close()
        docker.reported.open()
        #expect(try await wrapper.end().status == .signaled(.terminate))
    }

    @Test(
        "a shell's 128 + S after a stop is death by S; an exit status of its own is its own",
        arguments: [143, 0, 3, 137])
    @LoopActor
    func shell(code: UInt8) async throws {
        let docker = try Docker(code: Int(code), MainProcess("trap 'exit \(code)' TERM"))
        let wrapper = try await docker.running([])
        wrapper.send(.terminate)
        try await docker.ended()
        #expect(try await wrapper.end().status == (code == 143 ? .signaled(.terminate) : .exited(code)))
    }

    @Test("who does not stop in the time it was given is killed")
    @LoopActor
    func stopTimeout() async throws {
        let docker = try Docker(code: 137, MainProcess("trap : TERM")) { $0.stopTimeout = 0 }
        let wrapper = try await docker.running([])
        wrapper.send(.terminate)
        #expect(try await docker.process.ended() == .signaled(.kill))
        try await docker.streams.close()
        docker.reported.open()
        #expect(
            try await wrapper.end().status
                == (Linux.Process.kernelTellsExitStatus ? .signaled(.kill) : .exited(137)))
    }

    @Test("a time to stop that is for ever is for ever", arguments: [-1, Int.max, Int.min])
    @LoopActor
    func endlessTimeout(seconds: Int) async throws {
        let docker = try Docker(code: 143, MainProcess()) { $0.stopTimeout = seconds }
        let wrapper = try await docker.running([])
        wrapper.send(.terminate)
        try await docker.ended()
        #expect(try await wrapper.end() == Wrapper.End(status: .signaled(.terminate), output: "up\n", error: ""))
    }

    @Test("--rm and a stop: the Engine removes it, and we wait for that")
    @LoopActor
    func stopAndRemoval() async throws {
        let docker = try Docker(code: 143, MainProcess()) { $0.removesItself = true }
        let wrapper = try await docker.running()
        wrapper.send(.terminate)
        try await docker.ended()
        #expect(try await wrapper.end().status == .signaled(.terminate))
        #expect(!docker.asked.contains("DELETE /containers/ID"))
    }

    // MARK: Half-way

    @Test("a stop while Docker makes the container waits for its ID, and removes it")
    @LoopActor
    func stopWhileCreating() async throws {
        let docker = try Docker(MainProcess())
        let (come, made) = (try Gate(), try Gate())
        let created = Answer.json(#"{"Id":"\#(Docker.id)"}"#, status: 201)
        docker.engine.on("POST", "/containers/create", Answer(.open(come), .pass(made), created.steps[0]))
        let wrapper = try docker.run()
        try await come.opened()
        try await wrapper.takes(.terminate)
        made.open()
        #expect(try await wrapper.end().status == .signaled(.terminate))
        #expect(docker.asked.last == "DELETE /containers/ID")
    }

    @Test("a stop while a running container is taken over stops it", arguments: [true, false])
    @LoopActor
    func stopWhileTakingOver(removes: Bool) async throws {
        let docker = try Docker(MainProcess())
        docker.has("running")
        docker.engine.on("POST", "\(Docker.path)/stop", .empty(204))
        let come = try Gate()
        docker.engine.on("POST", "\(Docker.path)/attach", Answer(.open(come), .hang))
        let wrapper = try docker.run(removes ? ["--rm"] : [])
        try await come.opened()
        wrapper.send(.terminate)
        #expect(try await wrapper.end().status == .signaled(.terminate))
        let end = ["POST /containers/ID/stop"] + (removes ? ["DELETE /containers/ID"] : [])
        #expect(docker.asked.suffix(end.count) == end[...])
    }

    @Test("a stop while we wait for one that seemed to be dying stops it", arguments: [true, false])
    @LoopActor
    func stopWhileDying(removes: Bool) async throws {
        let former = try MainProcess()
        former.send(.kill)
        _ = try await former.ended()
        let docker = try Docker(MainProcess())
        docker.has("running") { $0.process = former.id }
        docker.engine.on(
            "GET", "\(Docker.path)/json", Docker.Inspection(status: "running", process: former.id).answer)
        docker.engine.on("POST", "\(Docker.path)/stop", .empty(204))
        let wrapper = try docker.run(removes ? ["--rm"] : [])
        _ = try await docker.engine.arrival(of: "GET", "\(Docker.path)/json")
        wrapper.send(.terminate)
        #expect(try await wrapper.end().status == .signaled(.terminate))
        let end = ["POST /containers/ID/stop"] + (removes ? ["DELETE /containers/ID"] : [])
        #expect(docker.asked.suffix(end.count) == end[...])
    }
}
