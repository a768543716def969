// SPDX-License-Identifier: Apache-2.0

/// Every option of `run`, in the order of the help; any other is refused.
enum RunTable {
    static let all: [Option<CreateRequestBuilder>] =
        general + security + namespaces + network + storage + health + resources
}
