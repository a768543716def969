// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// A second process in our cgroup that notes which signals it is sent.
///
/// A signal from the service manager may have gone to us alone (`KillMode=mixed`, `systemctl kill --kill-whom=main`,
/// `Type=notify-reload`) or to every process of the unit, the container's among them (`KillMode=control-group`). The
/// signal itself does not tell (sigaction(2)), and whoever relays it blindly gives the container either two or none. A
/// bystander that was signaled too tells for certain. It shares our memory, so it costs a kernel stack and no more.
///
/// Signals meant for the container must be blocked before it is made, and it must be made in the cgroup where it is to
/// stay. It dies with us.
public final class SignalWitness {
    /// One signal that the witness was sent.
    public struct Note: Sendable, Equatable {
        public let signal: Signal
        /// The sender's process.
        public let sender: Int32
    }

    /// Its process.
    public let id: Int32
    private let signals: Descriptor
    private let pipe: Pipe
    private let context: UnsafeMutablePointer<CLinux_witness>
    private let stack: UnsafeMutableRawPointer
    private static let stackSize = 16384

    /// Starts a witness of these signals.
    public init(of watched: [Signal]) throws(SystemError) {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in watched { sigaddset(&set, signal.rawValue) }
        signals = Descriptor(owning: try system("signalfd", on: "witness") { signalfd(-1, &set, Int32(SFD_CLOEXEC)) })
        pipe = try Pipe()
        try pipe.reading.setNonBlocking()
        context = .allocate(capacity: 1)
        context.initialize(to: CLinux_witness(signals: signals.rawValue, notes: pipe.writing.rawValue))
        stack = .allocate(byteCount: Self.stackSize, alignment: 16)
        let (context, end) = (context, stack + Self.stackSize)
        do throws(SystemError) {
            id = try system("clone", on: "witness") { CLinux_start_witness(end, context) }
        } catch {
            context.deallocate()
            stack.deallocate()
            throw error
        }
    }

    deinit {
        kill(id, SIGKILL)
        // Until it is gone it runs on memory that is about to be freed.
        while waitpid(id, nil, 0) == -1 && errno == EINTR {}
        context.deallocate()
        stack.deallocate()
    }

    /// Becomes readable when there are new notes.
    public var descriptor: Int32 { pipe.reading.rawValue }

    /// Makes it note a signal of ours, after all those that it was sent before.
    ///
    /// signalfd(2) gives pending signals by their number, the lowest first, so the highest comes last.
    public func mark() throws(SystemError) {
        try system("kill", on: "witness \(id)") { kill(id, lastSignal) }
    }

    /// Whether this note is the answer to ``mark()``.
    public func isMark(_ note: Note) -> Bool { note.signal.rawValue == lastSignal && note.sender == getpid() }

    /// The notes that were not read yet, without waiting for more.
    public func takeNotes() throws(SystemError) -> [Note] {
        let size = MemoryLayout<(Int32, Int32)>.size
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try pipe.reading.read(upTo: 64 * size)
        } catch  where error.wouldBlock {
            return []
        }
        return bytes.withUnsafeBytes { bytes in
            // Each note was written whole: a pipe keeps a write of less than PIPE_BUF together (pipe(7)).
            stride(from: 0, to: bytes.count - size + 1, by: size).map { offset in
                Note(
                    signal: Signal(rawValue: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)),
                    sender: bytes.loadUnaligned(fromByteOffset: offset + 4, as: Int32.self))
            }
        }
    }
}

private let lastSignal = Signal.realTime.upperBound
