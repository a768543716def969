// SPDX-License-Identifier: Apache-2.0

internal import CCurl
internal import Glibc
internal import Linux
public import Systemd

/// One request on its way, and its answer as far as it has come.
@LoopActor
public final class Transfer {
    /// More than the Engine has to say to any call of ours.
    private static let longestBody = 16 << 20

    let easy: UnsafeMutableRawPointer?
    let request: Request
    private let transport: CurlTransport
    private var headers: [String: String] = [:]
    private var body: [UInt8] = []
    /// Its body is handed out as it comes (``nextPiece()``) and may be of any length.
    private let isStream: Bool
    private var pieceWaiter: Waiter<Void>?
    private var hasEnded = false
    private var isTooLong = false
    private let upload: Upload?
    private var uploadError: SystemError?
    private var hasWholeHeader = false
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private let begun = Waiter<Void>()
    private let ended = Waiter<Response>()
    // There before the transfer begins: it may have ended by the time that somebody asks.
    private let connected: Waiter<Int32>?

    /// - Parameters:
    ///   - upload: the body that goes out, where it is too long to be held.
    ///   - isStream: hands out the answer's body piece by piece (``nextPiece()``).
    ///   - connectsOnly: opens a connection and sends nothing (``connection()``).
    init(
        request: Request, url: String, transport: CurlTransport, upload: Upload? = nil, isStream: Bool = false,
        connectsOnly: Bool = false
    ) {
        self.request = request
        self.isStream = isStream
        self.transport = transport
        self.upload = upload
        connected = connectsOnly ? Waiter() : nil
        easy = curl_easy_init()
        let me = Unmanaged.passUnretained(self).toOpaque()
        CCurl_set_string(easy, CURLOPT_UNIX_SOCKET_PATH, transport.socket)
        CCurl_set_string(easy, CURLOPT_URL, url)
        CCurl_set_string(easy, CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        // The environment's http_proxy is not for a Unix socket.
        CCurl_set_string(easy, CURLOPT_PROXY, "")
        CCurl_set_long(easy, CURLOPT_NOSIGNAL, 1)
        CCurl_set_long(easy, CURLOPT_TIMEOUT_MS, (request.timeoutSeconds ?? 0) * 1000)
        CCurl_set_long(easy, CURLOPT_CONNECT_ONLY, connectsOnly ? 1 : 0)
        CCurl_set_pointer(easy, CURLOPT_PRIVATE, me)
        CCurl_set_pointer(easy, CURLOPT_WRITEDATA, me)
        CCurl_set_data_function(easy, CURLOPT_WRITEFUNCTION) { data, size, count, me in
            Transfer.from(me) { $0.take(UnsafeRawBufferPointer(start: data, count: size * count)) }
        }
        CCurl_set_pointer(easy, CURLOPT_HEADERDATA, me)
        CCurl_set_data_function(easy, CURLOPT_HEADERFUNCTION) { data, size, count, me in
            Transfer.from(me) { $0.takeHeader(UnsafeRawBufferPointer(start: data, count: size * count)) }
        }
        if request.method == .head { CCurl_set_long(easy, CURLOPT_NOBODY, 1) }
        if request.method == .post || request.method == .put {
            CCurl_set_long(easy, CURLOPT_POST, 1)
            setBody()
            // Without the wait for "100 Continue", which the Engine does not send.
            addHeader("Expect:")
        }
        for header in request.headers { addHeader("\(header.name): \(header.value)") }
        CCurl_set_pointer(easy, CURLOPT_HTTPHEADER, headerList)
    }

    private func addHeader(_ line: String) { headerList = curl_slist_append(headerList, line) }

    private func setBody() {
        if let upload {
            CCurl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(upload.size))
            CCurl_set_pointer(easy, CURLOPT_READDATA, Unmanaged.passUnretained(self).toOpaque())
            CCurl_set_data_function(easy, CURLOPT_READFUNCTION) { data, size, count, me in
                Transfer.from(me) { $0.give(UnsafeMutableRawBufferPointer(start: data, count: size * count)) }
            }
            addHeader("Content-Type: application/x-tar")
            return
        }
        let text = request.body ?? []
        CCurl_set_long(easy, CURLOPT_POSTFIELDSIZE, text.count)
        // One byte more than is sent: without an address libcurl would read the body from stdin.
        (text + [0]).withUnsafeBytes {
            _ = CCurl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: $0.baseAddress))
        }
        addHeader("Content-Type: \(request.bodyType)")
    }

    isolated deinit {
        curl_slist_free_all(headerList)
        curl_easy_cleanup(easy)
    }

    /// Waits until the Engine has taken the request and begun to answer, and returns the answer's status.
    @discardableResult
    public func begin() async throws(EngineError) -> Int {
        try await wait(for: begun)
        return status
    }

    /// Waits for the whole answer.
    public func response() async throws(EngineError) -> Response { try await wait(for: ended) }

    /// Waits for the next bytes of a stream's body; `nil` at its end.
    ///
    /// - Throws: when the connection ends before the body does.
    func nextPiece() async throws(EngineError) -> [UInt8]? {
        if body.isEmpty, !hasEnded {
            let waiter = Waiter<Void>()
            pieceWaiter = waiter
            try await wait(for: waiter)
        }
        guard body.isEmpty else {
            defer { body = [] }
            return body
        }
        _ = try await wait(for: ended)
        return nil
    }

    /// Leaves what comes in the socket for a time: what comes meanwhile is one piece.
    ///
    /// - Throws: when the task is cancelled.
    func pause(_ time: Duration) async throws(EngineError) {
        guard !hasEnded else { return }
        curl_easy_pause(easy, CURLPAUSE_RECV)
        do {
            try await EventLoop.shared.sleep(time)
        } catch {
            cancel()
            throw .cut(call: request.call, reason: "cancelled")
        }
        if !hasEnded { curl_easy_pause(easy, CURLPAUSE_CONT) }
    }

    /// Hangs up; whoever waits for it gets an error.
    func cancel() {
        guard !hasEnded else { return }
        finish(.failure(EngineError.cut(call: request.call, reason: "cancelled")))
    }

    /// Waits until the connection stands, and gives it away.
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
            transport.drop(self)
            throw .cut(call: request.call, reason: "cancelled")
        }
    }

    // MARK: What libcurl tells

    private nonisolated static func from(_ context: UnsafeMutableRawPointer?, _ body: @LoopActor (Transfer) -> Int)
        -> Int
    {
        guard let context else { return 0 }
        let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        return LoopActor.assumeOnLoop { body(transfer) }
    }

    /// Fills the buffer with the next part of the body that goes out; CURL_READFUNC_ABORT ends the transfer.
    private func give(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard let upload else { return 0 }
        do throws(SystemError) {
            return try upload.read(into: buffer)
        } catch {
            uploadError = error
            return Int(CURL_READFUNC_ABORT)
        }
    }

    private func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        // Of a stream this is only what nobody has come to read yet.
        guard isStream || body.count + bytes.count <= Self.longestBody else {
            isTooLong = true
            return 0
        }
        body += bytes
        if isStream { pieceWaiter?.resume(.success(())) }
        return bytes.count
    }

    private func takeHeader(_ bytes: UnsafeRawBufferPointer) -> Int {
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
        transport.drop(self)
    }

    private func outcome(_ code: CURLcode) -> Result<Response, any Error> {
        guard code == CURLE_OK else { return .failure(failure(code)) }
        // libcurl takes the end of the connection for the end of the header.
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
        // libcurl closes its own descriptor with the transfer; the connection lives on in this one.
        return Result { try Descriptor.duplicate(of: socket).release() }
    }

    private func failure(_ code: CURLcode) -> EngineError {
        switch code {
        case CURLE_COULDNT_CONNECT:
            var number = 0
            CCurl_get_long(easy, CURLINFO_OS_ERRNO, &number)
            let error = SystemError(call: "connect", subject: transport.socket, code: Int32(number))
            return .unreachable(socket: transport.socket, code: error.code, reason: error.reason)
        case CURLE_COULDNT_RESOLVE_HOST:
            // There is no host to resolve: so libcurl says that the path is too long for a socket (unix(7)).
            let error = SystemError(call: "connect", subject: transport.socket, code: ENAMETOOLONG)
            return .unreachable(socket: transport.socket, code: error.code, reason: error.reason)
        case CURLE_OPERATION_TIMEDOUT:
            return .timedOut(call: request.call, seconds: request.timeoutSeconds ?? 0)
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
