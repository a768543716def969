// SPDX-License-Identifier: Apache-2.0

extension Draft {
    /// Every option of `run`, in the order of the help.
    ///
    /// An option that is not here is refused.
    static let table: [Option<Draft>] = general + security + namespaces + network + storage + health + resources
}
