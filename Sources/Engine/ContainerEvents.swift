// SPDX-License-Identifier: Apache-2.0

internal import JSON
public import Systemd

/// The events of a container from now on.
@LoopActor
public final class ContainerEvents {
    /// No event is longer, unless its container has absurdly many labels.
    private static let longestEvent = 1 << 20

    private let transfer: Transfer
    private var unread: [UInt8] = []
    /// Where the next line begins in `unread`, and how far its end has been searched for.
    private var (start, searched) = (0, 0)

    init(_ transfer: Transfer) { self.transfer = transfer }

    /// Waits for the next event.
    ///
    /// The stream does not end by itself: the Engine ends it when it goes away, which is an
    /// ``EngineError/cut(call:reason:)``. Events between two streams are lost, so inspect the container once the second
    /// stream is open.
    ///
    /// - Returns: The event.
    /// - Throws: ``EngineError``, also if the stream is malformed; it cannot be used any more then.
    public func next() async throws(EngineError) -> ContainerEvent {
        let newline = UInt8(ascii: "\n")
        while true {
            while let end = unread[searched...].firstIndex(of: newline) {
                let line = unread[start..<end]
                (start, searched) = (end + 1, end + 1)
                if let event = try event(line) { return event }
            }
            // Once for each piece, not for each line: with many lines in a piece most bytes would be moved repeatedly.
            unread.removeSubrange(..<start)
            (start, searched) = (0, unread.count)
            guard unread.count <= Self.longestEvent else { throw garbage("an event without an end") }
            guard let piece = try await transfer.nextPiece() else {
                throw .cut(call: transfer.request.call, reason: "at its end")
            }
            unread += piece
        }
    }

    /// Closes the connection; a wait for the next event ends with an error.
    public func close() { transfer.cancel() }

    private func event(_ line: ArraySlice<UInt8>) throws(EngineError) -> ContainerEvent? {
        guard !line.isEmpty else { return nil }
        do throws(JSONError) {
            return ContainerEvent(try JSON.decode(ContainerEvent.Message.self, from: line))
        } catch {
            throw garbage(error.description)
        }
    }

    private func garbage(_ reason: String) -> EngineError {
        transfer.cancel()
        return .garbage(call: transfer.request.call, reason: reason)
    }
}
