// SPDX-License-Identifier: Apache-2.0

import RunOptions
import Testing

@testable import Commands
@testable import Console

@Suite("Placement")
struct PlacementTests {
    private static let unit = "/system.slice/web.service"

    /// Every host, unit and container there can be.
    private static let all: [Placement.Circumstances] = {
        var all: [Placement.Circumstances] = []
        let parents: [String?] = [nil, "", unit, "/docker"]
        for driver in ["systemd", "cgroupfs", "none"] {
            for (bits, parent) in (0..<128).flatMap({ bits in parents.map { (bits, $0) } }) {
                all.append(
                    Placement.Circumstances(
                        driver: driver, isUnified: bits & 1 != 0, isDelegated: bits & 2 != 0,
                        hasControllers: bits & 4 != 0, namesControllers: bits & 8 != 0,
                        existing: parent.map {
                            .init(cgroupParent: $0, hasOurRuntime: bits & 16 != 0, isElsewhere: bits & 32 != 0)
                        }, unitPath: unit, runtimeObstacle: bits & 64 != 0 ? "Docker does not know it" : nil))
            }
        }
        return all
    }()

    /// Whether a container can begin its life in the unit, or has.
    private func canBeBorn(_ here: Placement.Circumstances) -> Bool {
        here.existing?.isElsewhere != true
            && (here.isUnified ? here.isDelegated || !here.hasControllers : !here.namesControllers)
    }

    private func canBeNative(_ here: Placement.Circumstances) -> Bool {
        here.runtimeObstacle == nil && here.existing?.hasOurRuntime != false && canBeBorn(here)
    }

    private func canBeParent(_ here: Placement.Circumstances) -> Bool {
        let isOurs = here.existing == nil || here.existing?.cgroupParent == Self.unit
        return here.driver == "cgroupfs" && isOurs && canBeBorn(here)
    }

    @Test("auto takes our runtime where that works, else Docker's own way, and moves the container everywhere else")
    func automatic() throws {
        for here in Self.all {
            let choice = try Placement.choose(.auto, in: here)
            #expect(
                choice.placement == (canBeNative(here) ? .native : canBeParent(here) ? .parent : .migrate), "\(here)")
            #expect(choice.reason.contains("is moved") == (choice.placement == .migrate), "\(here)")
            // How native is to be had.
            #expect(here.obstacleToNative.map { choice.reason.contains($0) } ?? true, "\(here)")
        }
        #expect(Self.all.count { canBeNative($0) } > 100)
        #expect(Self.all.count { canBeParent($0) && !canBeNative($0) } > 50)
    }

    @Test(
        "what is asked for is what one gets, whatever the host", arguments: [WrapperOptions.Placement.migrate, .none])
    func asked(wish: WrapperOptions.Placement) throws {
        for here in Self.all {
            let choice = try Placement.choose(wish, in: here)
            #expect(choice.placement.rawValue == wish.rawValue)
            #expect(choice.reason.contains("--placement \(wish.rawValue)"))
        }
    }

    @Test(
        "native and parent are had or refused, with the reason and what to do, and never turned into something else",
        arguments: [WrapperOptions.Placement.native, .parent])
    func asked(for wish: WrapperOptions.Placement) throws {
        for here in Self.all {
            if wish == .native ? canBeNative(here) : canBeParent(here) {
                let choice = try Placement.choose(wish, in: here)
                #expect(choice.placement.rawValue == wish.rawValue)
            } else {
                let error = #expect(throws: CommandError.self) { try Placement.choose(wish, in: here) }
                #expect(error?.code == .engine)
                #expect(error?.description.contains("--placement auto") == true)
                let obstacle = wish == .native ? here.obstacleToNative : here.obstacleToParent
                #expect(obstacle.map { error?.description.contains($0) } == true)
            }
        }
    }

    @Test(
        "the obstacle that the user can do something about is named first",
        arguments: [
            ("systemd", true, "Docker's cgroup driver is systemd, which makes containers in slices only"),
            ("cgroupfs", true, "the unit has no Delegate=yes"),
            ("cgroupfs", false, "--cgroups names single controllers"),
        ])
    func obstacles(driver: String, isUnified: Bool, reason: String) {
        let here = Placement.Circumstances(
            driver: driver, isUnified: isUnified, isDelegated: false, hasControllers: true, namesControllers: true,
            existing: .init(cgroupParent: "", hasOurRuntime: false, isElsewhere: false), unitPath: Self.unit)
        #expect(here.obstacleToParent == reason)
    }
}
