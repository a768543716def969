// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Loads the images of a tarball, plain or in a compression that the Engine knows.
    ///
    /// `POST /images/load`.
    ///
    /// - Parameters:
    ///   - tarball: The tarball, which is read while it is sent.
    ///   - interval: The time between two lines about how far one layer has come that are decoded.
    ///   - handle: Called for each line, with `nil` for one that was not decoded; one is `Loaded image: …`.
    /// - Throws: ``EngineError``.
    public func load(
        _ tarball: Upload, interval: Duration = .zero, _ handle: (ProgressMessage?) -> Void
    ) async throws(EngineError) {
        try await follow(
            Request(.post, "/images/load", query: [("quiet", "0")], timeout: nil), sending: tarball,
            interval: interval, handle)
    }
}
