// SPDX-License-Identifier: Apache-2.0

internal import CCurl
internal import Linux
public import Systemd

/// HTTP over the Engine's Unix socket, with libcurl's multi-socket interface on the event loop (libcurl-multi(3)).
@LoopActor
public final class CurlTransport {
    /// The socket's path.
    public let socket: String
    private let multi: OpaquePointer?
    private var sources: [curl_socket_t: EventSource] = [:]
    private var timer: EventSource?
    /// The transfers under way, which keep the transport alive, not the other way round.
    private var transfers: [UnsafeMutableRawPointer: Transfer.Context] = [:]

    /// - Parameter socket: The path of the Engine's socket.
    public init(socket: String) {
        self.socket = socket
        curl_global_init(Int(CURL_GLOBAL_NOTHING))
        multi = OpaquePointer(curl_multi_init())
        let me = Unmanaged.passUnretained(self).toOpaque()
        CCurl_multi_set_pointer(handle, CURLMOPT_SOCKETDATA, me)
        CCurl_multi_set_socket_function(handle) { _, descriptor, what, me, _ in
            CurlTransport.from(me) { $0.watch(descriptor, for: what) }
        }
        CCurl_multi_set_pointer(handle, CURLMOPT_TIMERDATA, me)
        CCurl_multi_set_timer_function(handle) { _, milliseconds, me in
            CurlTransport.from(me) { $0.setTimer(milliseconds: milliseconds) }
        }
    }

    isolated deinit {
        curl_multi_cleanup(handle)
    }

    private var handle: UnsafeMutableRawPointer? { multi.map { UnsafeMutableRawPointer($0) } }

    /// Sends a request and reads the whole response.
    ///
    /// - Parameters:
    ///   - request: What to send.
    ///   - version: The version of the API, as it stands in the path; `nil` for a path without one.
    /// - Returns: The response, whatever its status.
    /// - Throws: ``EngineError``, also if the task is cancelled.
    public func send(_ request: Request, version: String? = nil) async throws(EngineError) -> Response {
        try await begin(request, version: version).response()
    }

    /// Begins to send a request.
    ///
    /// - Parameters:
    ///   - request: What to send.
    ///   - version: The version of the API, as it stands in the path; `nil` for a path without one.
    ///   - upload: The request's body, if it is a file.
    ///   - isStream: Whether the response's body is read piece by piece (``Transfer/nextPiece()``).
    /// - Returns: The transfer, which is cancelled when it is let go of.
    /// - Throws: ``EngineError`` if the task is cancelled already.
    public func begin(
        _ request: Request, version: String? = nil, sending upload: Upload? = nil, isStream: Bool = false
    ) throws(EngineError) -> Transfer {
        let transfer = Transfer(
            request: request, url: "http://docker" + (version.map { "/v\($0)" } ?? "") + request.target,
            socket: socket, upload: upload, isStream: isStream)
        try start(transfer)
        return transfer
    }

    /// Opens a connection to the Engine and sends nothing.
    ///
    /// - Parameter request: What it is for, for error messages.
    /// - Returns: The connection.
    /// - Throws: ``EngineError``, also if the task is cancelled.
    func connect(for request: Request) async throws(EngineError) -> Descriptor {
        let transfer = Transfer(request: request, url: "http://docker/", socket: socket, connectsOnly: true)
        try start(transfer)
        return try await transfer.connection()
    }

    private func start(_ transfer: Transfer) throws(EngineError) {
        // The Engine would act on it, and no caller would learn the outcome.
        guard !Task.isCancelled else { throw .cut(call: transfer.request.call, reason: "cancelled") }
        guard let easy = transfer.easy, curl_multi_add_handle(handle, easy) == CURLM_OK else {
            throw .unreachable(socket: socket, code: 0, reason: "libcurl has no memory")
        }
        transfers[easy] = transfer.context
        transfer.started { self.remove(easy) }
    }

    private func remove(_ easy: UnsafeMutableRawPointer) {
        guard transfers.removeValue(forKey: easy) != nil else { return }
        curl_multi_remove_handle(handle, easy)
    }

    // MARK: Callbacks from libcurl

    private nonisolated static func from(
        _ context: UnsafeMutableRawPointer?, _ body: @LoopActor (CurlTransport) -> Void
    ) -> Int32 {
        guard let context else { return 0 }
        let transport = Unmanaged<CurlTransport>.fromOpaque(context).takeUnretainedValue()
        // libcurl calls back only from within its own functions, and only the loop's thread calls those.
        LoopActor.assumeOnLoop { body(transport) }
        return 0
    }

    private func watch(_ descriptor: curl_socket_t, for what: Int32) {
        guard what != CURL_POLL_REMOVE else {
            // At once: libcurl closes the descriptor next, while the source whose handler is running lives on. If the
            // connection has another descriptor (Transfer.connection), epoll would not notice the close(2).
            sources.removeValue(forKey: descriptor)?.stop()
            return
        }
        var events: Epoll.Events = []
        if what & CURL_POLL_IN != 0 { events.insert(.readable) }
        if what & CURL_POLL_OUT != 0 { events.insert(.writable) }
        // A socket that cannot be watched is never ready: the transfer ends with its timeout.
        if let source = sources[descriptor] {
            try? source.watch(for: events)
        } else {
            sources[descriptor] = try? EventLoop.shared.watch(unowned: descriptor, for: events) { [weak self] ready in
                var mask: Int32 = 0
                if ready.contains(.readable) { mask |= CURL_CSELECT_IN }
                if ready.contains(.writable) { mask |= CURL_CSELECT_OUT }
                if !ready.isDisjoint(with: [.hungUp, .failed]) { mask |= CURL_CSELECT_IN | CURL_CSELECT_ERR }
                self?.act(on: descriptor, mask)
            }
        }
    }

    private func setTimer(milliseconds: Int) {
        timer = nil
        guard milliseconds >= 0 else { return }
        timer = try? EventLoop.shared.after(.milliseconds(milliseconds)) { [weak self] in
            self?.act(on: CURL_SOCKET_TIMEOUT, 0)
        }
    }

    private func act(on descriptor: curl_socket_t, _ mask: Int32) {
        var running: Int32 = 0
        curl_multi_socket_action(handle, descriptor, mask, &running)
        var left: Int32 = 0
        while let message = curl_multi_info_read(handle, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                let transfer = transfers[easy]?.transfer
            else { continue }
            transfer.end(CCurl_message_result(message))
        }
    }
}
