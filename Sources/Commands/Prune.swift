// SPDX-License-Identifier: Apache-2.0

internal import Engine
internal import Glibc
internal import Linux
internal import RunOptions
internal import Systemd

/// `systemd-docker prune`: removes images that nothing uses, one by one.
///
/// Not by the Engine's own prune, which knows containers but no units. The Engine has the last word even so: it refuses
/// to remove what a container uses, also one that was made a moment ago.
@LoopActor
final class Prune {
    private let wrapper: WrapperOptions
    private let options: PruneOptions
    private let environment: [String: String]
    private let diagnostics: Diagnostics
    private var hasFailed = false

    init(
        _ wrapper: WrapperOptions, _ options: PruneOptions, environment: [String: String], diagnostics: Diagnostics
    ) {
        self.wrapper = wrapper
        self.options = options
        self.environment = environment
        self.diagnostics = diagnostics
    }

    /// Removes them, says so on stdout, and returns the exit status.
    func callAsFunction() async -> ExitStatus {
        do {
            let client = try await Client.connect(environment: environment, patience: wrapper.engineTimeout)
            var (count, bytes) = (0, 0)
            for image in try await unused(client) {
                let isGone = options.isDry ? true : try await remove(image, client)
                guard isGone else { continue }
                count += 1
                bytes = bytes.addingSaturating(image.size)
                Program.show("\(options.isDry ? "would remove" : "removed") \(Self.label(image))\n")
            }
            let images = "\(count) image\(count == 1 ? "" : "s")"
            let size = "at most \(Self.text(bytes: bytes))"
            Program.show(
                options.isDry ? "would remove \(images) and free \(size)\n" : "removed \(images), freed \(size)\n")
            return .exited(hasFailed ? 1 : 0)
        } catch {
            diagnostics.error("remove unused images: \(error)")
            return .exited(LaunchError.Code.engine.rawValue)
        }
    }

    // MARK: What nothing uses

    /// The newest first: an image goes before those that it was built on.
    private func unused(_ client: Client) async throws(EngineError) -> [Image] {
        let listed = try await client.images(filters: options.takesNamed ? [:] : ["dangling": ["true"]])
            .sorted { ($1.created, $1.image.id) < ($0.created, $0.image.id) }
        guard !listed.isEmpty else { return [] }
        let used = try await usedImages(client)
        let now = Int64(time(nil))
        var unused: [Image] = []
        for summary in listed where !used.ids.contains(summary.image.id) && !used.fits(summary.image) {
            let last = try await lastTouched(summary, client)
            if let last, now - last >= options.age { unused.append(summary.image) }
        }
        return unused
    }

    /// Images that are in use.
    private struct Used {
        var ids: Set<String> = []
        var patterns: Set<UnitImages.Pattern> = []

        func fits(_ image: Image) -> Bool {
            let names = image.tags + image.digests
            return patterns.contains { $0.fitsEverything || names.contains(where: $0.fits) }
        }
    }

    private func usedImages(_ client: Client) async throws(EngineError) -> Used {
        var used = Used(ids: Set(try await client.list().map(\.imageID)))
        let units = UnitImages(
            of: UnitFile.services { error in
                // Whoever is not root has an Engine of his own, or sees what he may see.
                if !error.isPermissionDenied || geteuid() == 0 {
                    diagnostics.warning("look for units: \(error): what they use is not known")
                }
            })
        for word in units.words.union(units.images).sorted() {
            // The Engine knows best what a name stands for.
            do throws(EngineError) {
                let image = try await client.inspectImage(word)
                if units.images.contains(word) || !Self.isChance(word, image) { used.ids.insert(image.id) }
            } catch {
                // Most words are no image, and some cannot be one.
                guard error.isNotFound || error.status == 400 else { throw error }
            }
        }
        for pattern in units.patterns.sorted(by: { $0.unit < $1.unit }) where pattern.fitsEverything {
            diagnostics.warning(
                "\(pattern.unit) may use any image, for it says which one only at its start: all are kept")
        }
        used.patterns = units.patterns
        return used
    }

    /// Whether a word such as `3` was found only because an image's ID begins with it.
    private static func isChance(_ word: String, _ image: Image) -> Bool {
        image.id.hasPrefix("sha256:\(word)") && word.count < 12
            && !image.tags.contains { repository($0).split(separator: "/").last.map(String.init) == word }
    }

    /// When it was made or got its last tag, which a pull does, too; `nil` for one that is gone already.
    private func lastTouched(_ summary: ImageSummary, _ client: Client) async throws(EngineError) -> Int64? {
        if options.age == 0 { return 0 }
        do throws(EngineError) {
            return max(Int64(summary.created), try await client.inspectImage(summary.image.id).lastTagged)
        } catch {
            if error.isNotFound { return nil }
            throw error
        }
    }

    // MARK: Removal

    /// Removes an image with all its names; `false` where it stays.
    private func remove(_ image: Image, _ client: Client) async throws(EngineError) -> Bool {
        do throws(EngineError) {
            let names = image.tags + image.digests
            // By its ID the Engine removes an image whose names are all of one repository, and refuses the others.
            if Set(names.map(Self.repository)).count < 2 {
                try await client.removeImage(image.id)
            } else {
                for name in names where try await stands(name, for: image, client) {
                    try await client.removeImage(name)
                }
            }
            return true
        } catch {
            guard error.status != nil else { throw error }
            if error.isConflict {
                diagnostics.notice("kept \(Self.label(image)): \(error)")
            } else {
                hasFailed = true
                diagnostics.error("remove \(Self.label(image)): \(error)")
            }
            return false
        }
    }

    /// Whether a name has not gone on to another image.
    private func stands(_ name: String, for image: Image, _ client: Client) async throws(EngineError) -> Bool {
        do throws(EngineError) {
            return try await client.inspectImage(name).id == image.id
        } catch {
            if error.isNotFound { return false }
            throw error
        }
    }

    private nonisolated static func repository(_ name: String) -> Substring {
        // Behind the last slash, for a registry may have a port.
        let last = name.lastIndex(of: "/") ?? name.startIndex
        return name[..<(name[last...].firstIndex { $0 == ":" || $0 == "@" } ?? name.endIndex)]
    }

    // MARK: Words

    private static func label(_ image: Image) -> String {
        let id = image.id.replacing("sha256:", with: "").prefix(12)
        let names = image.tags.isEmpty ? image.digests : image.tags
        return ([String(id)] + (names.isEmpty ? ["<none>"] : names)).joined(separator: " ")
            + ", \(text(bytes: image.size))"
    }

    /// As docker shows it: `4.3 MB`.
    private static func text(bytes: Int) -> String {
        var (value, unit) = (Double(bytes), "B")
        for next in ["kB", "MB", "GB", "TB"] where value >= 1000 { (value, unit) = (value / 1000, next) }
        let tenths = Int((value * 10).rounded())
        return unit == "B" ? "\(bytes) B" : "\(tenths / 10).\(tenths % 10) \(unit)"
    }
}
