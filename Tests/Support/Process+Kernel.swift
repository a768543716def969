// SPDX-License-Identifier: Apache-2.0

internal import Glibc
public import Linux

extension Linux.Process {
    /// Whether this machine's kernel tells the exit status of a process that is not our child: Linux 6.15 and later.
    public static let kernelTellsExitStatus: Bool = {
        var name = utsname()
        guard uname(&name) == 0 else { return false }
        let release = withUnsafeBytes(of: &name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        return numbers.count == 2 && (numbers[0], numbers[1]) >= (6, 15)
    }()
}
