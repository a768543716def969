// SPDX-License-Identifier: Apache-2.0

internal import Console
internal import Engine
internal import Glibc
internal import Linux
internal import Systemd

/// An image on its way from a tarball into the Engine.
@LoopActor
final class ImageLoad {
    private let client: Client
    private let tarball: String
    private let image: String
    private let environment: [String: String]
    private let diagnostics: Diagnostics

    init(
        _ tarball: String, of image: String, _ client: Client, environment: [String: String],
        _ diagnostics: Diagnostics
    ) {
        self.tarball = tarball
        self.image = image
        self.client = client
        self.environment = environment
        self.diagnostics = diagnostics
    }

    /// Loads the tarball, unless it was loaded as it is now, and the image is what came of that.
    func callAsFunction() async throws {
        var status = stat()
        let file = try open(&status)
        let record = LoadRecord(of: tarball, status, image: image, environment: environment)
        if let id = record?.read(), try await self.id() == id { return }
        let start = Clock.microseconds
        announce(nil)
        var named: [String] = []
        do throws(EngineError) {
            let size = Int(status.st_size)
            let upload = Upload(file, path: tarball, size: size) { sent in
                self.take(Int(100 * min(1, Double(sent) / Double(max(size, 1)))))
            }
            try await client.load(upload, interval: .seconds(1)) { message in
                self.take(nil)
                if let text = message?.stream { named.append(text.filter { !$0.isNewline }) }
            }
        } catch {
            try Task.checkCancellation()
            throw CommandError("load \(tarball)", error)
        }
        guard let id = try await id() else {
            throw CommandError("load \(tarball): there is no image \(image) in it: \(named.joined(separator: ", "))")
        }
        let tenths = (Clock.microseconds - start) / 100_000
        diagnostics.info(
            "loaded \(image) from \(tarball): \(id), \(PullProgress.text(bytes: Double(status.st_size)))"
                + ", in \(tenths / 10).\(tenths % 10) s")
        guard let record else { return }
        do throws(SystemError) {
            try record.write(id)
        } catch {
            diagnostics.warning(
                "note what was loaded: \(error): the next start loads it again; StateDirectory= gives the unit a place")
        }
    }

    private func open(_ status: inout stat) throws(CommandError) -> Descriptor {
        do throws(SystemError) {
            let file = Descriptor(
                owning: try system("open", on: tarball) { Glibc.open(tarball, O_RDONLY | O_CLOEXEC | O_NONBLOCK) })
            try system("fstat", on: tarball) { fstat(file.rawValue, &status) }
            guard status.st_mode & S_IFMT == S_IFREG else {
                // Its length has to be known before it is sent.
                let isFolder = status.st_mode & S_IFMT == S_IFDIR
                throw SystemError(call: "read", subject: tarball, code: isFolder ? EISDIR : ESPIPE)
            }
            return file
        } catch {
            throw CommandError("load an image", error)
        }
    }

    /// The ID of the image as it is now; `nil` where there is none.
    private func id() async throws(CommandError) -> String? {
        do throws(EngineError) {
            return try await client.inspectImage(image).id
        } catch {
            if error.isNotFound { return nil }
            throw CommandError("look up the image \(image)", error)
        }
    }

    // MARK: What others see

    private var (lastStatus, percentage) = (UInt64(0), 0)

    private func take(_ percentage: Int?) {
        self.percentage = percentage ?? self.percentage
        guard Clock.microseconds - lastStatus >= 1_000_000 else { return }
        announce(self.percentage < 100 ? "\(self.percentage) %" : "unpacking")
    }

    private func announce(_ state: String?) {
        lastStatus = Clock.microseconds
        // As long as an Engine may take to unpack a piece of which it does not tell.
        Notification.send([
            "STATUS=loading \(image) from \(tarball)" + (state.map { ": \($0)" } ?? ""), "EXTEND_TIMEOUT_USEC=60000000",
        ])
    }
}
