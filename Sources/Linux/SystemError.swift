// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A failed system call: what was called, on what, and the kernel's answer.
public struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The call's name, as in its manual page.
    public let call: String
    /// The path, process or descriptor it was called on.
    public let subject: String
    /// The errno(3) it left.
    public let code: Int32

    /// Describes a failure that the caller found itself.
    public init(call: String, subject: String, code: Int32) {
        self.call = call
        self.subject = subject
        self.code = code
    }

    /// The kernel's reason, as strerror(3) words it, without the call and its subject.
    public var reason: String { String(cString: strerror(code)) }

    public var description: String { "\(call) \(subject): \(reason)" }

    /// Nothing is there: no such file, process or cgroup (ENOENT, ESRCH, ENODEV).
    public var isNotFound: Bool { code == ENOENT || code == ESRCH || code == ENODEV }
    /// The caller may not (EACCES, EPERM).
    public var isPermissionDenied: Bool { code == EACCES || code == EPERM }
    /// The file system is mounted read-only (EROFS).
    public var isReadOnly: Bool { code == EROFS }
    /// The call would have to wait (EAGAIN).
    public var wouldBlock: Bool { code == EAGAIN }
    /// It is there already (EEXIST).
    public var exists: Bool { code == EEXIST }
    /// Somebody still uses it (EBUSY, ENOTEMPTY).
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
