// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A failed system call: the call, its subject, and errno(3).
public struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The call's name, as in its manual page.
    public let call: String
    /// The path, process or descriptor it was called on.
    public let subject: String
    /// The errno(3) it left.
    public let code: Int32

    /// Describes a failure that did not come from ``system(_:on:_:)``.
    public init(call: String, subject: String, code: Int32) {
        self.call = call
        self.subject = subject
        self.code = code
    }

    /// The text of strerror(3) alone.
    public var reason: String { String(cString: strerror(code)) }

    public var description: String { "\(call) \(subject): \(reason)" }

    /// No such file, process or cgroup (ENOENT, ESRCH, ENODEV).
    public var isNotFound: Bool { code == ENOENT || code == ESRCH || code == ENODEV }
    /// Not permitted (EACCES, EPERM).
    public var isPermissionDenied: Bool { code == EACCES || code == EPERM }
    /// The file system is mounted read-only (EROFS).
    public var isReadOnly: Bool { code == EROFS }
    /// The call would have to wait (EAGAIN).
    public var wouldBlock: Bool { code == EAGAIN }
    /// It exists already (EEXIST).
    public var exists: Bool { code == EEXIST }
    /// It is still in use (EBUSY, ENOTEMPTY).
    public var isBusy: Bool { code == EBUSY || code == ENOTEMPTY }
}

/// Runs one system call, again while a signal interrupts it, and turns its -1 into an error.
///
/// The only place that reads errno(3).
@discardableResult
public func system<Result: SignedInteger>(
    _ call: String, on subject: @autoclosure () -> String, _ body: () -> Result
) throws(SystemError) -> Result {
    while true {
        let result = body()
        if result != -1 { return result }
        let code = errno
        if code == EINTR { continue }
        throw SystemError(call: call, subject: subject(), code: code)
    }
}
