// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Linux

/// One cgroup: a folder of the kernel's files.
struct Group: Sendable, Equatable {
    let path: String

    /// The last part of its path.
    var name: String { path.split(separator: "/").last.map(String.init) ?? "" }

    func child(_ name: String) -> Group { Group(path: "\(path)/\(name)") }

    /// A file's text without its last newline; `nil` where the cgroup has no such file.
    func value(_ file: String) -> String? {
        guard let text = try? Files.text("\(path)/\(file)") else { return nil }
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    func set(_ file: String, to value: String) throws(SystemError) { try Files.write(value, to: "\(path)/\(file)") }

    func has(_ file: String) -> Bool { Files.exists("\(path)/\(file)") }

    var exists: Bool { Files.isFolder(path) }

    /// Its direct children; none where it was removed.
    var children: [Group] {
        let names = (try? Files.names(in: path)) ?? []  // ENOENT: removed meanwhile.
        return names.map(child).filter(\.exists)
    }

    /// This cgroup and all below it.
    var withDescendants: [Group] { [self] + children.flatMap(\.withDescendants) }

    /// The kernel's ID of a version 2 cgroup; `nil` where it was removed.
    var id: UInt64? { try? Files.number(of: path) }

    /// The processes of this cgroup alone (cgroup.procs); none where it was removed.
    func processes() throws(CgroupError) -> [Int32] {
        do throws(SystemError) {
            return try Files.text("\(path)/cgroup.procs").split(separator: "\n").compactMap { Int32($0) }
        } catch  where error.isNotFound {
            return []
        } catch {
            // cgroup-v2.rst, "Threads": cgroup.procs of a threaded cgroup cannot be read.
            throw error.code == EOPNOTSUPP ? .threaded(group: path) : CgroupError(error, doing: "listing processes")
        }
    }

    /// The processes of this cgroup and of all below it.
    func allProcesses() throws(CgroupError) -> [Int32] {
        var found = try processes()
        for child in children {
            do throws(CgroupError) {
                found += try child.allProcesses()
            } catch .threaded {
                // The processes of a threaded cgroup are listed by the domain it belongs to, here or above.
            }
        }
        return found
    }

    /// Moves a process here with all its threads; one that has ended is no error.
    func admit(_ process: Int32) throws(CgroupError) {
        // 0 is how cgroup.procs lists a process of a foreign PID namespace; written, it would mean ourselves.
        guard process > 0 else {
            throw .failed(
                action: "moving a process that is not in our PID namespace",
                SystemError(call: "write", subject: "\(path)/cgroup.procs", code: ESRCH))
        }
        do throws(SystemError) {
            try set("cgroup.procs", to: String(process))
        } catch  where error.code == ESRCH {
            return
        } catch {
            throw error.code == EOPNOTSUPP
                ? .threaded(group: path) : CgroupError(error, doing: "moving process \(process) into the unit's cgroup")
        }
    }

    /// Makes the cgroup; one that an earlier run left is removed first, with its limits and filters.
    func make() throws(CgroupError) {
        do throws(SystemError) {
            do throws(SystemError) { try remove() } catch  where error.isBusy {}  // In use: then it is shared.
            try Files.makeFolder(path)
        } catch {
            throw CgroupError(error, doing: "making a cgroup in the unit")
        }
    }

    /// Removes it and all below it, deepest first; what does not exist is no error.
    func remove() throws(SystemError) {
        for child in children { try child.remove() }
        // ENODEV: the unit above was removed by systemd at the same moment.
        do throws(SystemError) { try Files.removeFolder(path) } catch  where error.isNotFound {}
    }
}
