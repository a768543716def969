// SPDX-License-Identifier: Apache-2.0

internal import Console
internal import Linux

/// The file that `--pid-file` asks for: the container's PID and a newline, as `PIDFile=` reads it.
struct PidFile {
    let path: String

    func write(_ process: Int32) throws(CommandError) {
        do {
            try Files.replace(path, with: "\(process)\n")
        } catch {
            throw CommandError("write the pid file \(path): \(error): choose another --pid-file")
        }
    }

    func remove(_ diagnostics: Diagnostics) {
        do throws(SystemError) {
            try Files.remove(path)
        } catch {
            diagnostics.warning("remove the pid file: \(error)")
        }
    }
}
