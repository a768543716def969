// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc
internal import Linux

/// The device filter of a version 2 cgroup: BPF programs, each of which must agree before a device node is opened
/// or made (cgroup-v2.rst, "Device controller").
enum DeviceFilter {
    /// Attaches to `target` the programs that are effective for `source`, and checks that they are.
    ///
    /// Called before the first process moves: without its filter a container may open any device node that it makes.
    static func carry(from source: Group, to target: Group) throws(SystemError) {
        let wanted = try programs(effectiveAt: source)
        guard !wanted.isEmpty else { return }
        let before = try programs(effectiveAt: target)
        let folder = try open(target)
        for id in wanted where !before.contains(id) {
            let program = Descriptor(
                owning: try system("bpf(BPF_PROG_GET_FD_BY_ID)", on: "program \(id)") { CLinux_bpf_program(id) })
            // ALLOW_MULTI adds to what the unit's own DeviceAllow= has attached above.
            try system("bpf(BPF_PROG_ATTACH)", on: target.path) {
                CLinux_attach_device_program(folder.rawValue, program.rawValue, BPF_F_ALLOW_MULTI)
            }
        }
        // A program that is attached above with ALLOW_OVERRIDE would be overridden now.
        let after = Set(try programs(effectiveAt: target))
        guard after.isSuperset(of: wanted), after.isSuperset(of: before) else {
            throw SystemError(call: "bpf(BPF_PROG_QUERY)", subject: target.path, code: EPERM)
        }
    }

    /// The IDs of the programs that decide for processes in a cgroup: its own and those of the cgroups above.
    static func programs(effectiveAt group: Group) throws(SystemError) -> [UInt32] {
        let folder = try open(group)
        // 64 per cgroup (BPF_CGROUP_MAX_PROGS), and one level rarely has more than one.
        var ids = [UInt32](repeating: 0, count: 64)
        while true {
            var count = UInt32(ids.count)
            do throws(SystemError) {
                try system("bpf(BPF_PROG_QUERY)", on: group.path) {
                    CLinux_effective_device_programs(folder.rawValue, &ids, &count)
                }
                return Array(ids.prefix(Int(count)))
            } catch  where error.code == ENOSPC && Int(count) > ids.count {
                ids = [UInt32](repeating: 0, count: Int(count))
            }
        }
    }

    private static func open(_ group: Group) throws(SystemError) -> Descriptor {
        Descriptor(
            owning: try system("open", on: group.path) { Glibc.open(group.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
    }

    /// Whether a process lives in a user namespace of its own (user_namespaces(7)).
    ///
    /// There mknod(2) of a device is refused, and a rootless daemon, which may not load programs, sets no filter.
    static func isNeedless(for process: Int32, proc: String) -> Bool {
        guard let map = try? Files.text("\(proc)/\(process)/uid_map") else { return false }
        return map.split(whereSeparator: \.isWhitespace) != ["0", "0", "4294967295"]
    }
}
