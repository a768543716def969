// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// The size of a terminal in characters; `nil` for a descriptor of another file (ioctl_tty(2), TIOCGWINSZ).
public func windowSize(of descriptor: Int32) -> (rows: Int, columns: Int)? {
    var size = winsize()
    guard CLinux_window_size(descriptor, &size) == 0 else { return nil }
    return (Int(size.ws_row), Int(size.ws_col))
}
