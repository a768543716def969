// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// A second process in our cgroup that notes which signals it is sent.
///
/// A signal from the service manager may have gone to us alone (`KillMode=mixed`, `systemctl kill --kill-whom=main`,
/// `Type=notify-reload`) or to every process of the unit, the container's among them (`KillMode=control-group`). The
/// signal itself does not say which (sigaction(2)), and relaying it blindly gives the container either two or none. If
/// another process of the unit was signaled as well, it went to all. The witness shares our memory, so it costs no more
/// than a kernel stack.
///
/// Signals meant for the container must be blocked before it is made, and it must be made in the cgroup where it is to
/// stay. It ends with us, unless it is to execute the program that cleans up after us (``successor``).
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
    /// Sent by the kernel when we end: one that is ignored by default, so that it does no harm where it is not awaited.
    private static let death = SIGURG
    private var words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?

    /// The arguments, with the program's name, with which the witness executes our program when this process ends by a
    /// signal that it could not catch; `nil` for nothing.
    ///
    /// Signals stay blocked in it, so the SIGTERM that systemd then sends to the rest of the unit does not end it.
    public var successor: [String]? {
        didSet {
            let former = words
            words = successor.map { list in
                let words = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: list.count + 1)
                for (index, word) in list.enumerated() { words[index] = strdup(word) }
                words[list.count] = nil
                return words
            }
            // One write of a pointer: it finds the former ones or the new ones.
            context.pointee.arguments = words.map { UnsafePointer($0) }
            Self.free(former)
        }
    }

    private static func free(_ words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) {
        guard let words else { return }
        var next = words
        while let word = next.pointee {
            Glibc.free(word)
            next += 1
        }
        words.deallocate()
    }

    /// Starts a witness of these signals.
    public init(of watched: [Signal]) throws(SystemError) {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in watched { sigaddset(&set, signal.rawValue) }
        sigaddset(&set, Self.death)
        signals = Descriptor(owning: try system("signalfd", on: "witness") { signalfd(-1, &set, Int32(SFD_CLOEXEC)) })
        pipe = try Pipe()
        try pipe.reading.setNonBlocking()
        context = .allocate(capacity: 1)
        context.initialize(
            to: CLinux_witness(
                signals: signals.rawValue, notes: pipe.writing.rawValue, death: Self.death, parent: getpid(),
                arguments: nil))
        // It must be blocked in the witness before it can come.
        var blocked = sigset_t()
        sigemptyset(&blocked)
        sigaddset(&blocked, Self.death)
        pthread_sigmask(SIG_BLOCK, &blocked, nil)
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
        Self.free(words)
    }

    /// Becomes readable when there are new notes.
    public var descriptor: Descriptor { _read { yield pipe.reading } }

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
