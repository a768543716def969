// SPDX-License-Identifier: Apache-2.0

import Linux
import Support
import Systemd

/// A service manager of the test's own, at the other end of NOTIFY_SOCKET.
@LoopActor
final class Manager {
    private let folder: TemporaryFolder
    private let socket: Descriptor
    /// What it was told so far; `BARRIER=1` is answered when it is read.
    private(set) var messages: [String] = []

    init() throws {
        folder = try TemporaryFolder()
        socket = try UnixSocket.datagram(at: folder["notify"])
    }

    var environment: [String: String] { ["NOTIFY_SOCKET": folder["notify"]] }

    /// Waits until a message has this field, `times` of them in all.
    func isTold(_ field: String, times: Int = 1) async throws {
        while messages.count(where: { $0.split(separator: "\n").contains(Substring(field)) }) < times {
            try await listen()
        }
    }

    private func listen() async throws {
        _ = try await EventLoop.shared.wait(for: socket, to: .readable)
        try readAll()
    }

    /// Takes up what has come by now.
    func readAll() throws {
        while true {
            do throws(SystemError) {
                messages.append(String(decoding: try socket.receive(upTo: 4096).bytes, as: UTF8.self))
            } catch {
                guard error.wouldBlock else { throw error }
                return
            }
        }
    }

    /// What it was told but for the `STATUS=` lines and the barriers.
    var fields: [String] { messages.filter { !$0.hasPrefix("STATUS=") && $0 != "BARRIER=1" } }
}
