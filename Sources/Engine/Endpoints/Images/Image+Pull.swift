// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Pulls an image; returns when it is there.
    ///
    /// `POST /images/create?fromImage=…&tag=…`, with `X-Registry-Auth`. Cancelling the task ends the pull in the Engine.
    ///
    /// - Parameters:
    ///   - name: The image's name with its registry; without one the Engine uses its default registry.
    ///   - tag: The tag, or a digest.
    ///   - platform: The image's platform, as `linux/arm64`; `nil` means the Engine's own.
    ///   - authorization: The value of `X-Registry-Auth`, base64url of JSON (API: "Authentication").
    ///   - interval: The time between two lines about how far one layer has come that are decoded.
    ///   - handle: Called for each line, with `nil` for one that was not decoded.
    /// - Throws: ``EngineError``: the registry's answer as a refusal, a 404 for an image that does not exist or that these
    ///   credentials do not give access to.
    public func pull(
        _ name: String, tag: String, platform: String? = nil, authorization: String,
        interval: Duration = .zero, _ handle: (ProgressMessage?) -> Void
    ) async throws(EngineError) {
        var request = Request(
            .post, "/images/create",
            query: [("fromImage", name), ("tag", tag)] + (platform.map { [("platform", $0)] } ?? []),
            timeout: nil)
        request.headers = [("X-Registry-Auth", authorization)]
        try await follow(request, interval: interval, handle)
    }
}
