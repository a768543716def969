// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Pulls an image; returns when it is there.
    ///
    /// Whoever is cancelled ends the pull in the Engine, too.
    /// `POST /images/create?fromImage=…&tag=…`, with `X-Registry-Auth`.
    ///   - name: With its registry, as typed: without a registry it is the Engine's default one.
    ///   - tag: Or a digest.
    ///   - platform: `linux/arm64`; `nil` takes the Engine's own.
    ///   - authorization: base64url of JSON (API: "Authentication").
    ///   - pause: Microseconds between two looks at how far a layer has come.
    ///   - take: Called for each line as it comes, with `nil` for one that was not looked at.
    ///   - Throws: what the registry answered as a refusal, a 404 for an image that is not there or not for us.
    public func pull(
        _ name: String, tag: String, platform: String? = nil, authorization: String,
        pause: UInt64 = 0, _ take: (ProgressMessage?) -> Void
    ) async throws(EngineError) {
        var request = Request(
            .post, "/images/create",
            query: [("fromImage", name), ("tag", tag)] + (platform.map { [("platform", $0)] } ?? []),
            timeoutSeconds: nil)
        request.headers = [("X-Registry-Auth", authorization)]
        try await follow(request, pause: pause, take)
    }
}
