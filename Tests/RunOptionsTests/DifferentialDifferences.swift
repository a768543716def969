// SPDX-License-Identifier: Apache-2.0

import Engine
import Foundation

@testable import RunOptions

/// Where we mean to do something else than docker, and why.
struct Difference: Sendable {
    let reason: String
    /// The first docker client that does it as we do; `nil` where none does.
    var fixedIn: String?
    let explains: @Sendable (_ words: [String], _ docker: Outcome, _ ours: Outcome) -> Bool

    /// Whether a client differs from us for this reason.
    func explains(_ words: [String], _ docker: Outcome, _ ours: Outcome, by client: String) -> Bool {
        let isOld = fixedIn.map { client.compare($0, options: .numeric) == .orderedAscending } ?? true
        return isOld && explains(words, docker, ours)
    }

    /// What we refuse with certain words, and docker does not.
    static func weRefuse(_ words: String, fixedIn: String? = nil, _ reason: String) -> Difference {
        Difference(reason: reason, fixedIn: fixedIn) { _, docker, ours in
            guard case .request = docker, case .refusal(let refusal) = ours else { return false }
            return refusal.contains(words)
        }
    }

    /// What docker refuses with certain words, and we do not.
    static func dockerRefuses(_ words: String, fixedIn: String? = nil, _ reason: String) -> Difference {
        Difference(reason: reason, fixedIn: fixedIn) { _, docker, ours in
            guard case .refusal(let refusal) = docker, case .request = ours else { return false }
            return refusal.contains(words)
        }
    }

    /// Fields of the request that are not the same; all others are.
    static func fields(
        _ fields: [[String]], fixedIn: String? = nil, _ reason: String
    ) -> Difference {
        Difference(reason: reason, fixedIn: fixedIn) { _, docker, ours in
            guard case .request(var theirs) = docker, case .request(var mine) = ours else {
                return false
            }
            for path in fields {
                theirs.body = theirs.body.without(path)
                mine.body = mine.body.without(path)
            }
            return theirs == mine
        }
    }

    static let all: [Difference] =
        intended + [
            .weRefuse("for --cpus: out of range", "--cpus: docker lets the number overflow, and sends what is left"),
            .weRefuse("for --cpus: not a number", "--cpus: docker takes hexadecimal CPUs"),
            .weRefuse(
                "for --dns-search: not a domain",
                "--dns-search: docker takes colons at the beginning of a label, which no resolver does"),
            .dockerRefuses(
                "panic: runtime error: slice bounds", "--device: Debian's docker crashes on short CDI names"),
            .dockerRefuses("too many colons", "--publish: Debian's docker wants brackets around an IPv6 address"),
        ] + old

    /// Where docker's meaning does not fit a unit, or ours comes later.
    private static let intended: [Difference] = [
        .weRefuse(
            "for --restart: restarting is systemd's job",
            "--restart: the Engine would start again what systemd has stopped"),
        .weRefuse("a name is two or more of", "--name: docker hands on a name that every Engine refuses"),
        Difference(reason: "--name: docker leaves it to the Engine to drop a slash before the name") {
            _, docker, ours in
            guard case .request(var theirs) = docker, case .request(let mine) = ours else { return false }
            guard let name = theirs.query["name"], name.hasPrefix("/") else { return false }
            theirs.query["name"] = String(name.dropFirst())
            return theirs == mine
        },
        .dockerRefuses(
            "container ID file", "--cidfile: not the parser looks at the file, but the run that is to write it"),
        .weRefuse(
            "for --disable-content-trust: image signatures are not supported",
            "--disable-content-trust=false: docker verifies what it pulls, and the option is gone in 29"),
        .weRefuse(
            "for --detach-keys:", fixedIn: "29", "--detach-keys: docker takes its own keys in place of a wrong sequence"
        ),
        .weRefuse("needs API version", "what older Engines pass over is refused, though docker hands it on"),
        Difference(reason: "networks: an Engine before 1.44 takes one, and we connect the others afterwards") {
            _, docker, ours in
            guard case .request(var theirs) = docker, case .request(let mine) = ours,
                let version = APIVersion(theirs.version), let several = APIVersion("1.44"), version < several
            else { return false }
            theirs.body = theirs.body.keeping(["NetworkingConfig", "EndpointsConfig"], of: mine.body)
            return theirs == mine
        },
    ]

    /// What docker did otherwise before it did as we do.
    private static let old: [Difference] = [
        .fields(
            [["HostConfig", "CapAdd"], ["HostConfig", "CapDrop"]], fixedIn: "28", "the Engine spells capabilities"),
        .fields(
            ["BlkioDeviceReadBps", "BlkioDeviceReadIOps", "BlkioDeviceWriteBps", "BlkioDeviceWriteIOps"].map {
                ["HostConfig", $0]
            }, fixedIn: "28", "rates of devices were lost on the way"),
        .fields(
            [["HostConfig", "Binds"], ["HostConfig", "Mounts"]], fixedIn: "28",
            "host folders were only relative after ./"),
        .fields(
            [["HostConfig", "Mounts"]], fixedIn: "28.3",
            "--use-api-socket: DOCKER_HOST's socket was mounted, wherever the daemon has its own"),
        .dockerRefuses("links are only supported for user-defined networks", fixedIn: "28", "--link without a network"),
        .dockerRefuses("invalid size", fixedIn: "28", "sizes had neither sign nor exponent"),
        .weRefuse("not a size such as", fixedIn: "28", "sizes could end in ki"),
    ]
}

extension JSONValue {
    /// The value without what stands at a path.
    fileprivate func without(_ path: [String]) -> JSONValue {
        guard case .object(var object) = self, let first = path.first else { return self }
        object[first] = path.count > 1 ? object[first]?.without(Array(path.dropFirst())) : nil
        return .object(object)
    }

    /// The value with the object at a path cut down to the keys that another has there.
    fileprivate func keeping(_ path: [String], of other: JSONValue?) -> JSONValue {
        guard case .object(var object) = self, case .object(let theirs) = other else { return self }
        guard let first = path.first else { return .object(object.filter { theirs[$0.key] != nil }) }
        object[first] = object[first]?.keeping(Array(path.dropFirst()), of: theirs[first])
        return .object(object)
    }
}
