// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// Several descriptors as one: readable as long as one of them is (epoll(7)).
public struct Readiness: ~Copyable, Sendable {
    /// To be watched in their place.
    public let descriptor: Descriptor

    public init() throws(SystemError) {
        descriptor = Descriptor(
            owning: try system("epoll_create1", on: "new epoll") { epoll_create1(Int32(EPOLL_CLOEXEC)) })
    }

    /// Adds a descriptor; it leaves by being closed.
    public func add(_ other: borrowing Descriptor) throws(SystemError) {
        let number = other.rawValue
        var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data(fd: number))
        try system("epoll_ctl", on: "descriptor \(number)") {
            epoll_ctl(descriptor.rawValue, EPOLL_CTL_ADD, number, &event)
        }
    }

    /// The numbers of those that are readable now, without waiting.
    public func readable() throws(SystemError) -> [Int32] {
        var events = [epoll_event](repeating: epoll_event(), count: 16)
        let count = try system("epoll_wait", on: "descriptor \(descriptor.rawValue)") {
            epoll_wait(descriptor.rawValue, &events, Int32(events.count), 0)
        }
        return events.prefix(Int(count)).map(\.data.fd)
    }
}
