// SPDX-License-Identifier: Apache-2.0

extension ContainerOptions {
    /// Names the container after its unit, where the user gave no name.
    ///
    /// A container with a name of Docker's choice is orphaned by the first crash: nobody finds it again.
    ///
    /// - Throws: for a name that Docker would refuse (`web@1.service`), with one that it takes.
    public mutating func nameAfter(unit: String) throws(UsageError) {
        guard name == nil else { return }
        do throws(InvalidValue) {
            name = try ContainerName(option: unit).text
            isNamedAfterUnit = true
        } catch {
            throw UsageError("invalid container name \"\(unit)\" (the unit's, for there is no --name): \(error.reason)")
        }
    }
}
