// SPDX-License-Identifier: Apache-2.0

internal import Cgroups
internal import Engine

extension UnitGroup {
    /// Whether a container's process is outside of the unit; one that has ended is not.
    func isOutside(_ state: Container.State) throws -> Bool {
        guard state.process > 0 else { return false }
        do throws(CgroupError) {
            return try !contains(process: state.process)
        } catch {
            if case .gone = error { return false }
            throw error
        }
    }
}
