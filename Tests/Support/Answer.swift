// SPDX-License-Identifier: Apache-2.0

/// What a ``FakeEngine`` does about one request, step by step.
public struct Answer: Sendable {
    public enum Step: Sendable {
        /// Sends bytes as they are.
        case send([UInt8])
        /// Waits until the test opens the gate.
        case pass(Gate)
        /// Tells the test that the answer has come this far.
        case open(Gate)
        /// Waits until the client hangs up.
        case hang
        /// Gives the connection to the test, as a container's streams.
        case hijack(Hijack)
        /// Closes the connection.
        case close
    }

    public var steps: [Step]

    /// Any steps; the connection then serves the next request.
    public init(_ steps: Step...) { self.steps = steps }

    /// A whole answer with a JSON body.
    public static func json(_ text: String, status: Int = 200, headers: [String: String] = [:]) -> Answer {
        Answer(.send(head(status, headers.merging(["Content-Length": "\(text.utf8.count)"]) { $1 }) + text.utf8))
    }

    /// A header at once, and its JSON body, in chunks, when the gate opens.
    public static func json(_ text: String, after gate: Gate) -> Answer {
        Answer(.send(head(200, ["Transfer-Encoding": "chunked"])), .pass(gate), .send(chunk(text) + chunk("")))
    }

    /// An answer in several chunks, each in a packet of its own as far as a stream knows packets.
    public static func chunked(_ parts: [String]) -> Answer {
        var answer = Answer(.send(head(200, ["Transfer-Encoding": "chunked"])))
        answer.steps += parts.map { .send(chunk($0)) } + [.send(chunk(""))]
        return answer
    }

    /// An answer without a body: 204, 304.
    public static func empty(_ status: Int) -> Answer { Answer(.send(head(status, [:]))) }

    /// The Engine's own form of an error.
    public static func refusal(_ status: Int, _ message: String) -> Answer {
        let escapes: [Character: String] = ["\"": "\\\"", "\\": "\\\\", "\n": "\\n"]
        return json("{\"message\":\"\(message.map { escapes[$0] ?? String($0) }.joined())\"}\n", status: status)
    }

    /// These bytes, whatever they mean, and the end of the connection.
    public static func raw(_ text: String) -> Answer { Answer(.send(Array(text.utf8)), .close) }

    /// The end of the connection, and no answer.
    public static var closed: Answer { Answer(.close) }

    /// No answer, and no end.
    public static var hang: Answer { Answer(.hang) }

    /// The switch to a container's streams; `bytes` come in one piece with the header.
    public static func hijack(_ hijack: Hijack, rightBehind bytes: [UInt8] = []) -> Answer {
        Answer(.send(head(101, ["Connection": "Upgrade", "Upgrade": "tcp"]) + bytes), .hijack(hijack))
    }

    /// The header of an answer.
    public static func head(_ status: Int, _ headers: [String: String]) -> [UInt8] {
        let lines = headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }
        return Array("HTTP/1.1 \(status) Status\r\n\(lines.joined())\r\n".utf8)
    }

    /// A piece of a chunked body; the empty one is its end.
    public static func chunk(_ text: String) -> [UInt8] {
        Array("\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n".utf8)
    }
}
