// SPDX-License-Identifier: Apache-2.0

extension ContainerOptions {
    /// Names the container after its unit where there is no `--name`.
    ///
    /// A name chosen by Docker is lost with the process that knew it: the next start could not find the container.
    ///
    /// - Parameter unit: The unit's name.
    /// - Throws: ``UsageError`` for a name that Docker refuses (`web@1.service`), with one that it accepts.
    public mutating func nameAfter(unit: String) throws(UsageError) {
        guard name == nil else { return }
        do throws(InvalidValue) {
            name = try ContainerName(option: unit).text
            isNamedAfterUnit = true
        } catch {
            throw UsageError("invalid container name \"\(unit)\" (the unit's, without --name): \(error.reason)")
        }
    }
}
