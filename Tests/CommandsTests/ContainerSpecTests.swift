// SPDX-License-Identifier: Apache-2.0

import Engine
import Images
import RunOptions
import Testing

@testable import Commands

@Suite("What a container is created with")
struct ContainerSpecTests {
    private func request(
        _ words: [String], _ change: (inout ContainerSpec) -> Void = { _ in }
    ) throws -> CreateRequest {
        var spec = ContainerSpec(options: try ContainerOptions(parsing: words, environment: ["HOME": "/nonexistent"]))
        change(&spec)
        return spec.creation(for: try #require(APIVersion("1.45"))).request
    }

    @Test("our labels are always written, also over those of -l")
    func labels() throws {
        let words = [
            "-l", "\(UpdateLabel.name)=x", "-l", "\(Identity.labelName)=x", "-l", "\(CleanUp.label)=x", "image",
        ]
        let labels = try request(words) { $0.identityLabel = "2:1" }.labels
        #expect(labels[UpdateLabel.name] == "" && labels[Identity.labelName] == "2:1" && labels[CleanUp.label] == "")
    }

    @Test("-e and --env-file come after the unit's variables, ours for systemd last")
    func environment() throws {
        let found = try request(["-e", "A=mine", "image"]) {
            $0.unitEnvironment = ["A=unit", "B=unit"]
            $0.credentialsFolder = "/run/secrets"
            $0.notifySocket = "/run/x/notify"
            $0.watchdogMicroseconds = 5
        }
        #expect(
            found.environment == [
                "A=unit", "B=unit", "A=mine", "DOCKER_CONFIG=/run/secrets",
                "NOTIFY_SOCKET=\(NotifyProxy.pathInContainer)", "WATCHDOG_USEC=5",
            ])
        #expect(found.hostConfig.binds == ["/run/x/notify:\(NotifyProxy.pathInContainer)"])
        #expect(try request(["image"]).environment == nil)
    }

    @Test("the placement decides on runtime, cgroup and annotations")
    func placement() throws {
        let native = try request(["--rm", "image"]) { $0.placement = .native(command: ["crun", "--debug"]) }.hostConfig
        #expect(native.runtime == ContainerRuntime.ours)
        #expect(native.annotations?["io.systemd-docker.claim"] == "required")
        #expect(native.annotations?.count == 2)
        let kept = try request(["image"]) { $0.placement = .native(command: []) }.hostConfig
        #expect(kept.runtime == ContainerRuntime.ours && kept.annotations == nil)
        let parent = try request(["image"]) { $0.placement = .parent("/system.slice/web.service") }.hostConfig
        #expect(parent.cgroupParent == "/system.slice/web.service" && parent.runtime == nil)
    }

    @Test("a stdin that nobody fills stays open, and is not attached", arguments: [false, true])
    func input(attaches: Bool) throws {
        let found = try request(["-i", "image"]) { $0.attachesInput = attaches }
        #expect(found.opensStandardInput)
        #expect(found.attachesStandardInput == attaches && found.closesStandardInputOnce == attaches)
    }
}
