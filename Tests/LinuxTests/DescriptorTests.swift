// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Linux
import Support
import Testing

@Suite("Descriptor")
struct DescriptorTests {
    /// A second number of a descriptor, so high that no other test of this process is given it meanwhile.
    private func highNumber(of descriptor: Int32) throws -> Int32 {
        try system("fcntl", on: "descriptor \(descriptor)") { fcntl(descriptor, F_DUPFD_CLOEXEC, 800) }
    }

    private func isOpen(_ number: Int32) -> Bool { fcntl(number, F_GETFD) != -1 }

    private func use(_ descriptor: borrowing Descriptor) -> Int32 { descriptor.rawValue }

    @Test("it is closed at the end of its owner's life, not before")
    func closed() throws {
        let pipe = try Pipe()
        let number = try highNumber(of: pipe.reading.rawValue)
        do {
            let descriptor = Descriptor(owning: number)
            #expect(isOpen(use(descriptor)))
            #expect(isOpen(number))
        }
        #expect(!isOpen(number))
    }

    @Test("what was released stays open, and is the taker's to close")
    func released() throws {
        let pipe = try Pipe()
        let number = try highNumber(of: pipe.reading.rawValue)
        let descriptor = Descriptor(owning: number)
        #expect(descriptor.release() == number)
        #expect(isOpen(number))
        #expect(close(number) == 0)
    }

    @Test("a duplicate outlives the original, is above 2, and is not inherited")
    func duplicate() throws {
        let duplicate: Descriptor
        let reading: Descriptor
        do {
            let pipe = try Pipe()
            duplicate = try Descriptor.duplicate(of: pipe.writing.rawValue)
            reading = try Descriptor.duplicate(of: pipe.reading.rawValue)
        }
        #expect(duplicate.rawValue > 2)
        #expect(fcntl(duplicate.rawValue, F_GETFD) & FD_CLOEXEC != 0)
        #expect(write(duplicate.rawValue, "abc", 3) == 3)
        #expect(try reading.read(upTo: 10) == Array("abc".utf8))
    }

    @Test("there is no duplicate of what is not open")
    func noDuplicate() {
        let error = #expect(throws: SystemError.self) { _ = try Descriptor.duplicate(of: -1).rawValue }
        #expect(error?.description == "fcntl descriptor -1: Bad file descriptor")
    }

    @Test("a pipe carries bytes in order, in parts as large as asked for, and then ends; it is not inherited")
    func pipe() throws {
        let pipe = try Pipe()
        #expect(fcntl(pipe.reading.rawValue, F_GETFD) & FD_CLOEXEC != 0)
        #expect(fcntl(pipe.writing.rawValue, F_GETFD) & FD_CLOEXEC != 0)
        #expect(write(pipe.writing.rawValue, "hello", 5) == 5)
        let reading = pipe.closingWriting()
        #expect(try reading.read(upTo: 2) == Array("he".utf8))
        #expect(try readBytes(from: reading.rawValue, upTo: 64) == Array("llo".utf8))
        #expect(try reading.read(upTo: 64).isEmpty)
    }

    @Test("one that does not block says so instead of waiting")
    func nonBlocking() throws {
        let pipe = try Pipe()
        try pipe.reading.setNonBlocking()
        let error = #expect(throws: SystemError.self) { try pipe.reading.read(upTo: 1) }
        #expect(error?.wouldBlock == true)
        #expect(fcntl(pipe.writing.rawValue, F_GETFL) & O_NONBLOCK == 0)
    }

    @Test("what is no terminal has no size; one that is has the size that it was given")
    func terminal() throws {
        let pipe = try Pipe()
        #expect(windowSize(of: pipe.reading.rawValue) == nil)
        let terminal = Descriptor(
            owning: try system("open", on: "/dev/ptmx") { open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC) })
        var size = winsize(ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0)
        try system("ioctl", on: "terminal") { ioctl(terminal.rawValue, UInt(TIOCSWINSZ), &size) }
        let found = windowSize(of: terminal.rawValue)
        #expect(found?.rows == 24)
        #expect(found?.columns == 80)
    }
}
