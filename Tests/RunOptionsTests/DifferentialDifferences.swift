// SPDX-License-Identifier: Apache-2.0

@testable import RunOptions

/// Where we mean to do something else than docker, and why.
struct Difference: Sendable {
    let reason: String
    /// It only shows with some of the clients.
    var onlyOld = false
    let explains: @Sendable (_ words: [String], _ docker: Outcome, _ ours: Outcome) -> Bool

    /// What we refuse with certain words, and docker does not.
    static func refused(_ words: String, _ reason: String) -> Difference {
        Difference(reason: reason) { _, docker, ours in
            guard case .request = docker, case .refusal(let refusal) = ours else { return false }
            return refusal.contains(words)
        }
    }

    static let all: [Difference] = [
        .refused(
            "for --restart: restarting is systemd's job",
            "--restart: the Engine would start again what systemd has stopped"),
        .refused("a name has two or more of", "--name: docker hands on a name that every Engine refuses"),
        .refused("for --pull: not built yet", "--pull always: nothing is pulled yet"),
        .refused("for --use-api-socket: not built yet", "--use-api-socket: the credentials are not brought in yet"),
        .refused(
            "for --disable-content-trust: images cannot be verified",
            "--disable-content-trust=false: we cannot verify, and docker does so only when it pulls"),
        .refused(
            "for --detach-keys:", "--detach-keys: docker before 29 takes its own keys in place of a wrong sequence"),
        .refused(
            "for --dns-search: not a domain",
            "--dns-search: docker takes colons at the beginning of a label, which no resolver does"),
    ]
}
