// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Linux

extension UnitGroup {
    /// Removes `<unit>/ID` and what the container made below it, in every tree; what does not exist is no error.
    ///
    /// - Parameter id: The container's full ID.
    /// - Throws: ``CgroupError`` where a process is still there that outlived the container (`--pid=host`).
    public func removeGroups(ofContainer id: String) throws(CgroupError) {
        guard !id.isEmpty else { return }
        let clock = ContinuousClock()
        // A process is reported as ended an instant before it leaves its cgroup.
        let deadline = clock.now + .milliseconds(200)
        for place in places {
            while true {
                do throws(SystemError) {
                    try place.container(id).remove()
                    break
                } catch  where error.isBusy && clock.now < deadline {
                    sched_yield()
                } catch {
                    throw CgroupError(error, doing: "removing the container's cgroup")
                }
            }
        }
    }
}
