// SPDX-License-Identifier: Apache-2.0

import RunOptions
import Testing

@testable import Commands

@Suite("Placement")
struct PlacementTests {
    private static let unit = "/system.slice/web.service"

    /// Every host, unit and container there can be.
    private static let all: [Placement.Circumstances] = {
        var all: [Placement.Circumstances] = []
        let parents: [String?] = [nil, "", unit, "/docker"]
        for driver in ["systemd", "cgroupfs", "none"] {
            for (bits, parent) in (0..<16).flatMap({ bits in parents.map { (bits, $0) } }) {
                all.append(
                    Placement.Circumstances(
                        driver: driver, isUnified: bits & 1 != 0, isDelegated: bits & 2 != 0,
                        hasControllers: bits & 4 != 0, namesControllers: bits & 8 != 0, existingParent: parent,
                        unitPath: unit))
            }
        }
        return all
    }()

    /// Whether Docker can make the container in the unit, or find it there.
    private func canBeParent(_ here: Placement.Circumstances) -> Bool {
        let isOurs = here.existingParent == nil || here.existingParent == Self.unit
        return here.driver == "cgroupfs" && isOurs
            && (here.isUnified ? here.isDelegated || !here.hasControllers : !here.namesControllers)
    }

    @Test("auto lets Docker make the container in the unit where that works, and moves it everywhere else")
    func automatic() throws {
        for here in Self.all {
            let choice = try Placement.choose(.auto, in: here)
            #expect(choice.placement == (canBeParent(here) ? .parent : .migrate), "\(here)")
            #expect((choice.reason.contains("is moved")) == !canBeParent(here), "\(here)")
        }
        #expect(Self.all.count { canBeParent($0) } == 20)
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

    @Test("parent is had or refused, with the reason and what to do, and never turned into something else")
    func parent() throws {
        for here in Self.all {
            if canBeParent(here) {
                #expect(try Placement.choose(.parent, in: here).placement == .parent)
            } else {
                let error = #expect(throws: LaunchError.self) { try Placement.choose(.parent, in: here) }
                #expect(error?.code == .engine)
                #expect(error?.description.contains("--placement auto") == true)
                #expect(here.obstacleToParent.map { error?.description.contains($0) } == true)
            }
        }
    }

    @Test(
        "the obstacle that the user can do something about is named first",
        arguments: [
            ("systemd", true, "Docker's cgroup driver is systemd, which makes containers in slices only"),
            ("cgroupfs", true, "the unit has no Delegate=yes"),
            ("cgroupfs", false, "the container was created without it"),
        ])
    func obstacles(driver: String, isUnified: Bool, reason: String) {
        let here = Placement.Circumstances(
            driver: driver, isUnified: isUnified, isDelegated: false, hasControllers: true, namesControllers: true,
            existingParent: "", unitPath: Self.unit)
        #expect(here.obstacleToParent == reason)
    }
}
