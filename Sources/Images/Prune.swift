// SPDX-License-Identifier: Apache-2.0

public import Console
public import Engine
internal import Glibc
public import Linux
public import RunOptions
public import Systemd

/// `systemd-docker prune`: removes images that nothing uses, one by one.
///
/// Not by the Engine's own prune, which knows containers but no units. What is listed may have changed by the time an
/// image's turn comes, so each is looked at once more, and is removed by a call that takes no other name away. The Engine
/// has the last word even so: it refuses to remove what a container uses, also one that was made a moment ago.
@LoopActor
public final class Prune {
    /// Names of ours for images that nothing needs: they keep no image.
    nonisolated static let ownRepository = "systemd-docker-unused"

    private let wrapper: WrapperOptions
    private let options: PruneOptions
    private let environment: [String: String]
    private let diagnostics: Diagnostics
    private var hasFailed = false

    public init(
        _ wrapper: WrapperOptions, _ options: PruneOptions, environment: [String: String], diagnostics: Diagnostics
    ) {
        self.wrapper = wrapper
        self.options = options
        self.environment = environment
        self.diagnostics = diagnostics
    }

    /// Removes them, says so on stdout, and returns the exit status.
    public func callAsFunction() async -> ExitStatus {
        do {
            let client = try await Client.connect(
                environment: environment, timeout: wrapper.engineTimeout)
            let units = unitImages()
            var (count, bytes) = (0, 0)
            // An image may be built on others without a name, which the Engine lists once that one is gone.
            var known: Set<String> = []
            while true {
                let candidates = try await unused(units, client).filter { known.insert($0.image.id).inserted }
                guard !candidates.isEmpty else { break }
                for listed in candidates {
                    guard let image = try await stillUnused(listed, client) else { continue }
                    let label = Self.label(listed.image)
                    let isGone = options.isDryRun ? true : try await remove(image, label, client)
                    guard isGone else { continue }
                    count += 1
                    bytes = bytes.addingSaturating(listed.image.size)
                    print(toStandardOutput: "\(options.isDryRun ? "would remove" : "removed") \(label)\n")
                }
            }
            let images = "\(count) image\(count == 1 ? "" : "s")"
            let size = "at most \(Self.text(bytes: bytes))"
            print(
                toStandardOutput:
                    options.isDryRun
                    ? "would remove \(images) and free \(size)\n" : "removed \(images), freed \(size)\n")
            return .exited(hasFailed ? 1 : 0)
        } catch {
            diagnostics.error("remove unused images: \(error)")
            return .exited(CommandError.Code.engine.rawValue)
        }
    }

    // MARK: What nothing uses

    /// The newest first: an image goes before those that it was built on.
    private func unused(_ units: UnitImages, _ client: Client) async throws(EngineError) -> [ImageSummary] {
        var listed = try await client.images()
        if !options.takesNamed {
            let marked = listed.map(\.image).filter { !$0.tags.isEmpty && $0.tags.allSatisfy(Self.isOurs) }.map(\.id)
            listed = listed.filter { marked.contains($0.image.id) }
            listed += try await client.images(filters: ["dangling": ["true"]])
        }
        guard !listed.isEmpty else { return [] }
        // After the list: a name that moves in between is then known to be in use with its new image.
        let used = try await usedImages(units, client)
        return listed.sorted { ($1.created, $1.image.id) < ($0.created, $0.image.id) }
            .filter { !used.ids.contains($0.image.id) && !used.fits($0.image) }
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

    private func unitImages() -> UnitImages {
        let units = UnitImages(
            of: UnitFile.services { error in
                // Whoever is not root has an Engine of his own, or sees what he may see.
                if !error.isPermissionDenied || geteuid() == 0 {
                    diagnostics.warning("look for units: \(error): what they use is not known")
                }
            })
        for pattern in units.patterns.sorted(by: { $0.unit < $1.unit }) where pattern.fitsEverything {
            diagnostics.warning(
                "\(pattern.unit) may use any image, for it says which one only at its start: all are kept")
        }
        return units
    }

    private func usedImages(_ units: UnitImages, _ client: Client) async throws(EngineError) -> Used {
        var used = Used(ids: Set(try await client.list().map(\.imageID)), patterns: units.patterns)
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
        return used
    }

    /// Whether a word such as `3` was found only because an image's ID begins with it.
    private static func isChance(_ word: String, _ image: Image) -> Bool {
        image.id.hasPrefix("sha256:\(word)") && word.count < 12
            && !image.tags.contains {
                ImageReference.repository(of: $0).split(separator: "/").last.map(String.init) == word
            }
    }

    /// Looks at an image once more when its turn comes.
    ///
    /// With containerd's image store a list of dangling images holds those that have lost one name and kept another;
    /// only the image itself tells its names.
    ///
    /// - Returns: `nil` for one that is gone, is in use, is too young, or has a name that the list does not tell.
    private func stillUnused(_ listed: ImageSummary, _ client: Client) async throws(EngineError) -> Image? {
        let image: Image
        do throws(EngineError) {
            image = try await client.inspectImage(listed.image.id)
        } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
        let names = (image.tags + image.digests).filter { !Self.isOurs($0) }
        let known = listed.image.tags + listed.image.digests
        // A list of containerd's store leaves out digests that come with the tags.
        let repositories = listed.image.tags.map(ImageReference.repository)
        func isKnown(_ name: String) -> Bool {
            known.contains(name)
                || image.digests.contains(name) && repositories.contains(ImageReference.repository(of: name))
        }
        guard names.allSatisfy(isKnown), options.takesNamed || image.tags.allSatisfy(Self.isOurs),
            // An update may have to go back to it.
            !names.contains(where: { ImageReference.repository(of: $0) == Update.keptRepository }),
            // A pull gives a tag as well.
            options.age == .zero
                || .seconds(Int64(time(nil)) - max(Int64(listed.created), image.lastTagged)) >= options.age,
            !(try await client.list().contains { $0.imageID == image.id })
        else { return nil }
        return image
    }

    private nonisolated static func isOurs(_ name: String) -> Bool {
        ImageReference.repository(of: name) == ownRepository
    }

    // MARK: Removal

    /// Removes an image with the names that it was seen to have; `false` where it stays.
    private func remove(_ image: Image, _ label: String, _ client: Client) async throws(EngineError) -> Bool {
        do throws(EngineError) {
            let hasName = !image.tags.allSatisfy(Self.isOurs)
            let gone = hasName ? try await removeNamed(image, client) : try await removeNameless(image, client)
            if !gone.contains(image.id) { diagnostics.notice("kept \(label): it has another name now") }
            return gone.contains(image.id)
        } catch {
            guard error.status != nil else { throw error }
            // Another prune was faster.
            if error.isNotFound { return false }
            if error.isConflict {
                diagnostics.notice("kept \(label): \(error)")
            } else {
                hasFailed = true
                diagnostics.error("remove \(label): \(error)")
            }
            return false
        }
    }

    /// Removes an image that has no tag.
    ///
    /// The Engine takes an image's ID for all its names where they are few: one that it gets at this moment would go.
    /// A call by one name leaves the image if it has another. So an image without any name gets one of ours, and keeps it
    /// where the Engine refuses.
    ///
    /// - Returns: The IDs of what is gone.
    private func removeNameless(_ image: Image, _ client: Client) async throws(EngineError) -> [String] {
        var names = image.digests.filter { !Self.isOurs($0) } + image.tags
        if names.isEmpty { names = [try await client.markUnused(image.id)] }
        var gone: [String] = []
        for name in names { gone += try await client.removeImage(name) }
        return gone
    }

    /// Removes an image that has tags.
    ///
    /// By its ID the Engine removes an image whose names are one tag and digests of its repository, and it refuses any
    /// other: a name that came meanwhile keeps the image, and one that has moved on to another image stays there. What
    /// it has beyond that goes by name first.
    ///
    /// - Returns: The IDs of what is gone.
    private func removeNamed(_ image: Image, _ client: Client) async throws(EngineError) -> [String] {
        var gone: [String] = []
        func remove(_ name: String) async throws(EngineError) {
            if try await stands(name, for: image, client) { gone += try await client.removeImage(name) }
        }
        for tag in image.tags.dropLast() { try await remove(tag) }
        let last = image.tags.last.map(ImageReference.repository)
        for digest in image.digests where ImageReference.repository(of: digest) != last { try await remove(digest) }
        return gone.contains(image.id) ? gone : gone + (try await client.removeImage(image.id))
    }

    /// Whether a name has not gone on to another image.
    private func stands(_ name: String, for image: Image, _ client: Client) async throws(EngineError) -> Bool {
        do throws(EngineError) {
            let found = try await client.inspectImage(name)
            return found.id == image.id && (found.tags + found.digests).contains(name)
        } catch {
            if error.isNotFound { return false }
            throw error
        }
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

extension Client {
    /// Gives an image a name that says that it is not needed: with any other name it stays when this one goes, and without
    /// it is the next prune's.
    ///
    /// - Parameter id: The image's.
    /// - Returns: The name.
    public func markUnused(_ id: String) async throws(EngineError) -> String {
        let digits = String(id.replacing("sha256:", with: "").prefix(12))
        try await tag(id, repository: Prune.ownRepository, tag: digits)
        return "\(Prune.ownRepository):\(digits)"
    }
}
