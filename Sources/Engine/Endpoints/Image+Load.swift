// SPDX-License-Identifier: Apache-2.0

extension Client {
    /// Loads the images of a tarball, plain or compressed as the Engine takes it.
    ///
    /// `POST /images/load`; the tarball goes out as it is read.
    ///   - pause: Microseconds between two looks at how far a layer has come.
    ///   - take: Called for each line as it comes, with `nil` for one that was not looked at; `Loaded image: …` is among
    ///     them.
    public func load(_ tarball: Upload, pause: UInt64 = 0, _ take: (ProgressMessage?) -> Void) async throws(EngineError)
    {
        try await follow(
            Request(.post, "/images/load", query: [("quiet", "0")], timeoutSeconds: nil), sending: tarball,
            pause: pause,
            take)
    }
}
