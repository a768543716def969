// SPDX-License-Identifier: Apache-2.0

internal import CCurl
internal import Glibc
internal import Linux
public import Systemd

/// One request and its response.
///
/// A transfer that is let go of is cancelled: its connection is closed.
@LoopActor
public final class Transfer {
    /// What libcurl passes to its callbacks, for as long as the transfer's easy handle exists.
    @LoopActor
    final class Context {
        fileprivate(set) weak var transfer: Transfer?
    }

    /// The longest body that is read as a whole; no call of ours has a longer one.
    private static let longestBody = 16 << 20
    /// How many bytes of a stream may be unread before receiving pauses: the rest stays in the socket, and the Engine
    /// waits for us to read it.
    static let longestBacklog = 1 << 20

    let easy: UnsafeMutableRawPointer?
    let context = Context()
    let request: Request
    /// Takes the transfer out of the transport, which stays alive as long as the transfer is part of it.
    private var remove: (() -> Void)?
    private let socket: String
    private var headers: [String: String] = [:]
    private var body: [UInt8] = []
    /// The body is read piece by piece (``nextPiece()``) and may be of any length.
    private let isStream: Bool
    private var pieceWaiter: Waiter<Void>?
    private var hasEnded = false
    private var isTooLong = false
    /// Receiving is paused until the backlog has been read.
    private var isPaused = false
    private let upload: Upload?
    private var uploadError: SystemError?
    private var hasWholeHeader = false
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private let begun = Waiter<Void>()
    private let ended = Waiter<Response>()
    // Exists before the transfer begins, since it may end before connection() is called.
    private let connected: Waiter<Int32>?

    /// Prepares a transfer; ``started(remove:)`` follows once it is part of a transport.
    ///
    /// - Parameters:
    ///   - request: What to send.
    ///   - url: Its URL, in which the host does not count.
    ///   - socket: The path of the Unix socket to connect to.
    ///   - upload: The request's body, if it is a file.
    ///   - isStream: Whether the response's body is read with ``nextPiece()``.
    ///   - connectsOnly: Whether to open a connection and send nothing (``connection()``).
    init(
        request: Request, url: String, socket: String, upload: Upload? = nil, isStream: Bool = false,
        connectsOnly: Bool = false
    ) {
        self.request = request
        self.isStream = isStream
        self.socket = socket
        self.upload = upload
        connected = connectsOnly ? Waiter() : nil
        easy = curl_easy_init()
        context.transfer = self
        let me = Unmanaged.passUnretained(context).toOpaque()
        CCurl_set_string(easy, CURLOPT_UNIX_SOCKET_PATH, socket)
        CCurl_set_string(easy, CURLOPT_URL, url)
        CCurl_set_string(easy, CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        // The environment's http_proxy is not for a Unix socket.
        CCurl_set_string(easy, CURLOPT_PROXY, "")
        CCurl_set_long(easy, CURLOPT_NOSIGNAL, 1)
        // 0 sets no limit.
        CCurl_set_long(easy, CURLOPT_TIMEOUT_MS, Int(clamping: (request.timeout?.microseconds ?? 0) / 1000))
        CCurl_set_long(easy, CURLOPT_CONNECT_ONLY, connectsOnly ? 1 : 0)
        CCurl_set_pointer(easy, CURLOPT_WRITEDATA, me)
        CCurl_set_data_function(easy, CURLOPT_WRITEFUNCTION) { data, size, count, me in
            Transfer.from(me) { $0.receive(UnsafeRawBufferPointer(start: data, count: size * count)) }
        }
        CCurl_set_pointer(easy, CURLOPT_HEADERDATA, me)
        CCurl_set_data_function(easy, CURLOPT_HEADERFUNCTION) { data, size, count, me in
            Transfer.from(me) { $0.receiveHeader(UnsafeRawBufferPointer(start: data, count: size * count)) }
        }
        if request.method == .head { CCurl_set_long(easy, CURLOPT_NOBODY, 1) }
        if request.method == .post || request.method == .put {
            CCurl_set_long(easy, CURLOPT_POST, 1)
            setBody()
            // Do not wait for "100 Continue": the Engine does not send it.
            addHeader("Expect:")
        }
        for header in request.headers { addHeader("\(header.name): \(header.value)") }
        CCurl_set_pointer(easy, CURLOPT_HTTPHEADER, headerList)
    }

    private func addHeader(_ line: String) { headerList = curl_slist_append(headerList, line) }

    private func setBody() {
        if let upload {
            CCurl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(upload.size))
            CCurl_set_pointer(easy, CURLOPT_READDATA, Unmanaged.passUnretained(context).toOpaque())
            CCurl_set_data_function(easy, CURLOPT_READFUNCTION) { data, size, count, me in
                Transfer.from(me) { $0.send(UnsafeMutableRawBufferPointer(start: data, count: size * count)) }
            }
            addHeader("Content-Type: application/x-tar")
            return
        }
        let text = request.body ?? []
        CCurl_set_long(easy, CURLOPT_POSTFIELDSIZE, text.count)
        // One byte more than is sent: with a null pointer libcurl would read the body from stdin.
        (text + [0]).withUnsafeBytes {
            _ = CCurl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: $0.baseAddress))
        }
        addHeader("Content-Type: \(request.bodyType)")
    }

    isolated deinit {
        remove?()
        curl_slist_free_all(headerList)
        curl_easy_cleanup(easy)
    }

    /// The transfer is part of a transport now.
    ///
    /// - Parameter remove: Takes it out again.
    func started(remove: @escaping () -> Void) { self.remove = remove }

    /// Waits for the header of the response.
    ///
    /// - Returns: The response's status.
    /// - Throws: ``EngineError``, also if the task is cancelled.
    @discardableResult
    public func begin() async throws(EngineError) -> Int {
        try await wait(for: begun)
        return status
    }

    /// Waits for the whole response.
    public func response() async throws(EngineError) -> Response { try await wait(for: ended) }

    /// Waits for the next bytes of a stream's body.
    ///
    /// - Returns: All bytes that have come since the last call; `nil` at the end of the body.
    /// - Throws: ``EngineError``, also if the connection ends before the body does.
    func nextPiece() async throws(EngineError) -> [UInt8]? {
        if body.isEmpty, !hasEnded {
            let waiter = Waiter<Void>()
            pieceWaiter = waiter
            try await wait(for: waiter)
        }
        guard body.isEmpty else {
            let piece = body
            body = []
            if isPaused { resume() }
            return piece
        }
        _ = try await wait(for: ended)
        return nil
    }

    /// Receives nothing for a while, so that what comes meanwhile is one piece.
    ///
    /// - Throws: ``EngineError/cut(call:reason:)`` if the task is cancelled.
    func pause(for time: Duration) async throws(EngineError) {
        guard !hasEnded else { return }
        curl_easy_pause(easy, CURLPAUSE_RECV)
        do {
            try await EventLoop.shared.sleep(time)
        } catch {
            cancel()
            throw .cut(call: request.call, reason: "cancelled")
        }
        resume()
    }

    /// Receives again; libcurl first hands over what it had to keep (curl_easy_pause(3)).
    private func resume() {
        isPaused = false
        if !hasEnded { curl_easy_pause(easy, CURLPAUSE_CONT) }
    }

    /// Closes the connection; all waits for the transfer end with an error.
    func cancel() {
        guard !hasEnded else { return }
        finish(.failure(EngineError.cut(call: request.call, reason: "cancelled")))
    }

    /// Waits until the connection is established, and gives it away.
    func connection() async throws(EngineError) -> Descriptor {
        guard let connected else { throw .cut(call: request.call, reason: "not asked for") }
        return Descriptor(owning: try await wait(for: connected))
    }

    private func wait<Result: Sendable>(for waiter: Waiter<Result>) async throws(EngineError) -> Result {
        do {
            return try await waiter.value
        } catch let error as EngineError {
            throw error
        } catch {
            leave()
            throw .cut(call: request.call, reason: "cancelled")
        }
    }

    private func leave() {
        remove?()
        remove = nil
    }

    // MARK: Callbacks from libcurl

    private nonisolated static func from(_ context: UnsafeMutableRawPointer?, _ body: @LoopActor (Transfer) -> Int)
        -> Int
    {
        guard let context else { return 0 }
        let holder = Unmanaged<Context>.fromOpaque(context).takeUnretainedValue()
        return LoopActor.assumeOnLoop { holder.transfer.map(body) ?? 0 }
    }

    /// Fills the buffer with the next part of the request's body; CURL_READFUNC_ABORT ends the transfer.
    private func send(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard let upload else { return 0 }
        do throws(SystemError) {
            return try upload.read(into: buffer)
        } catch {
            uploadError = error
            return Int(CURL_READFUNC_ABORT)
        }
    }

    private func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
        if isStream, status < 400 {
            guard body.count < Self.longestBacklog else {
                isPaused = true
                return Int(CURL_WRITEFUNC_PAUSE)
            }
            body += bytes
            pieceWaiter?.resume(.success(()))
            return bytes.count
        }
        guard body.count + bytes.count <= Self.longestBody else {
            isTooLong = true
            return 0
        }
        body += bytes
        return bytes.count
    }

    private func receiveHeader(_ bytes: UnsafeRawBufferPointer) -> Int {
        let line = String(decoding: bytes, as: UTF8.self).filter { !$0.isNewline }
        if line.isEmpty {
            hasWholeHeader = true
            begun.resume(.success(()))
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            headers[line[..<colon].lowercased()] = String(value)
        }
        return bytes.count
    }

    func end(_ code: CURLcode) {
        finish(outcome(code))
    }

    private func finish(_ outcome: Result<Response, any Error>) {
        hasEnded = true
        if let connected { connected.resume(outcome.flatMap { _ in takeSocket() }) }
        begun.resume(outcome.map { _ in () })
        ended.resume(outcome)
        pieceWaiter?.resume(.success(()))
        leave()
    }

    private func outcome(_ code: CURLcode) -> Result<Response, any Error> {
        guard code == CURLE_OK else { return .failure(failure(code)) }
        // To libcurl the end of the connection is the end of the header.
        guard hasWholeHeader || connected != nil else {
            return .failure(EngineError.cut(call: request.call, reason: "in the header"))
        }
        return .success(Response(status: status, headers: headers, body: body))
    }

    private var status: Int {
        var status = 0
        CCurl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        return status
    }

    private func takeSocket() -> Result<Int32, any Error> {
        var socket: curl_socket_t = -1
        CCurl_get_socket(easy, CURLINFO_ACTIVESOCKET, &socket)
        // libcurl closes its own descriptor with the transfer; this one keeps the connection open.
        return Result { try Descriptor.duplicate(of: socket).release() }
    }

    private func failure(_ code: CURLcode) -> EngineError {
        switch code {
        case CURLE_COULDNT_CONNECT:
            var number = 0
            CCurl_get_long(easy, CURLINFO_OS_ERRNO, &number)
            let error = SystemError(call: "connect", subject: socket, code: Int32(number))
            return .unreachable(socket: socket, code: error.code, reason: error.reason)
        case CURLE_COULDNT_RESOLVE_HOST:
            // There is no host to resolve: this is how libcurl says that the socket's path is too long (unix(7)).
            let error = SystemError(call: "connect", subject: socket, code: ENAMETOOLONG)
            return .unreachable(socket: socket, code: error.code, reason: error.reason)
        case CURLE_OPERATION_TIMEDOUT:
            return .timedOut(call: request.call, after: request.timeout ?? .zero)
        case CURLE_ABORTED_BY_CALLBACK where uploadError != nil:
            return .unreadable(call: request.call, reason: uploadError?.description ?? "")
        case CURLE_WRITE_ERROR where isTooLong:
            return .garbage(call: request.call, reason: "longer than \(Self.longestBody) bytes")
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING:
            return .garbage(call: request.call, reason: "not HTTP")
        default:
            return .cut(call: request.call, reason: String(cString: curl_easy_strerror(code)))
        }
    }
}
