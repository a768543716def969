// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// An epoll(7) instance: several descriptors as one, which is readable as long as one of them is ready.
public struct Epoll: ~Copyable, Sendable {
    /// What a descriptor is watched for, and what it is found ready for (epoll_ctl(2)).
    public struct Events: OptionSet, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        public static let readable = Events(rawValue: EPOLLIN.rawValue)
        public static let writable = Events(rawValue: EPOLLOUT.rawValue)
        /// The other end is closed; the kernel reports it whether asked or not.
        public static let hungUp = Events(rawValue: EPOLLHUP.rawValue)
        public static let failed = Events(rawValue: EPOLLERR.rawValue)
    }

    /// To be watched in their place.
    public let descriptor: Descriptor

    public init() throws(SystemError) {
        descriptor = Descriptor(
            owning: try system("epoll_create1", on: "new epoll") { epoll_create1(Int32(EPOLL_CLOEXEC)) })
    }

    /// Adds a descriptor; closing it removes it.
    ///
    /// - Parameters:
    ///   - other: The descriptor.
    ///   - events: What it is watched for.
    /// - Throws: EEXIST for one that was added already, EPERM for a regular file, which is always ready.
    public func add(_ other: borrowing Descriptor, for events: Events = .readable) throws(SystemError) {
        let number = other.rawValue
        var event = epoll_event(events: events.rawValue, data: epoll_data(fd: number))
        try system("epoll_ctl", on: "descriptor \(number)") {
            epoll_ctl(descriptor.rawValue, EPOLL_CTL_ADD, number, &event)
        }
    }

    /// The numbers of the descriptors that are ready now, at most 16, without waiting.
    public func ready() throws(SystemError) -> [Int32] {
        var events = [epoll_event](repeating: epoll_event(), count: 16)
        let count = try system("epoll_wait", on: "descriptor \(descriptor.rawValue)") {
            epoll_wait(descriptor.rawValue, &events, Int32(events.count), 0)
        }
        return events.prefix(Int(count)).map(\.data.fd)
    }
}
