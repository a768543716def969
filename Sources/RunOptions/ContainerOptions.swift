// SPDX-License-Identifier: Apache-2.0

public import Engine
internal import Glibc

/// What stands behind `run`: options, image and command, as docker reads them.
public struct ContainerOptions: Sendable, Equatable {
    /// The name asked for; `nil` where there is none.
    public var name: String?
    /// There is no `--name`: the name is the unit's.
    public internal(set) var isNamedAfterUnit = false
    /// As typed.
    public var image: String
    /// `--rm`; part of the request too.
    public var removesOnExit: Bool
    /// `--no-healthcheck`: whatever the image says.
    public var hasNoHealthcheck: Bool { request.healthcheck?.test == ["NONE"] }
    /// `-i`: the container's standard input stays open.
    public var isInteractive: Bool
    /// `-t`: the container has a terminal.
    public var hasTerminal: Bool
    /// `-d`: nobody is attached, as far as the Engine is told; supervision is the same.
    public var isDetached: Bool
    /// `--cidfile`: where the container's ID is to be written, and nothing may be before.
    public var cidFile: String?
    /// `--detach-keys`, or what config.json says; `nil` takes the Engine's.
    ///
    /// The container's attachment wants them.
    public var detachKeys: String?
    /// `--platform`, as creation and pull want it; `nil` takes what there is.
    public var platform: String?
    /// `--pull`.
    public var pull: PullPolicy
    /// `--quiet`: a pull shows no progress.
    public var isQuiet: Bool
    /// Without `--sig-proxy=false`; a unit's signals reach the container in any case.
    public var proxiesSignals: Bool
    /// `--use-api-socket`: the container is to have our credentials for registries; the mount is part of the request.
    public var usesAPISocket: Bool
    /// What the user should know, a line each.
    public private(set) var warnings: [String]
    /// `--help`: nothing else was looked at, and there is nothing to run.
    public var showsHelp: Bool
    /// Everything put together.
    public var request: CreateRequest
    /// Options that not every Engine knows, with the oldest API that does.
    private let newOptions: [NewOption]
    /// The networks' names, in the order in which they were given.
    let networks: [String]

    private struct NewOption: Sendable, Equatable {
        let name: String
        let since: APIVersion
    }

    /// The log driver that is ours, not the Engine's: see ``passesOutput``.
    static let passthrough = "passthrough"

    /// `--log-driver passthrough`: the container's stdout and stderr are our own.
    public var passesOutput: Bool { request.hostConfig.logConfig.type == Self.passthrough }

    /// Reads the words behind `run`, and the files that `--env-file` and its like name.
    ///
    ///   - environment: Where `--env NAME` takes its values from.
    ///   - pull: The policy where the words name none.
    public init(
        parsing words: [String], environment: [String: String], pull: PullPolicy = .missing
    ) throws(UsageError) {
        try self.init(
            parsing: words, environment: environment, folder: Self.currentFolder, pull: pull,
            home: ClientConfiguration.homeInUserDatabase)
    }

    /// Reads the words with relative paths beginning in `folder`.
    ///
    ///   - home: for an environment without HOME.
    init(
        parsing words: [String], environment: [String: String], folder: String,
        pull: PullPolicy = .missing, home: () -> String? = { nil }
    ) throws(UsageError) {
        var warnings: [String] = []
        let configuration = Self.configuration(environment: environment, home: home, &warnings)
        var draft = Draft(environment: environment, folder: folder, configuration: configuration)
        draft.pull = pull
        var parser = OptionParser(Draft.table)
        var rest = try parser.parse(words, into: &draft)[...]
        if !draft.showsHelp {
            guard let image = rest.popFirst() else {
                throw UsageError("no image: run [OPTIONS] IMAGE [COMMAND] [ARG...]")
            }
            if let fault = ImageReference.fault(in: image) {
                throw UsageError("invalid image \"\(image)\": \(fault)")
            }
            try Self.checkPull(of: image, draft)
            draft.request.image = image
            draft.request.command = rest.isEmpty ? nil : Array(rest)
            try draft.finish()
        }
        name = draft.name
        image = draft.request.image
        removesOnExit = draft.host.removesOnExit
        isInteractive = draft.isInteractive
        hasTerminal = draft.request.hasTerminal
        isDetached = draft.isDetached
        cidFile = draft.cidFile
        detachKeys = draft.detachKeys ?? configuration.detachKeys
        if let given = draft.platform {
            platform = given.text
        } else {
            platform = try Self.defaultPlatform(environment).text
        }
        self.pull = draft.pull
        isQuiet = draft.isQuiet
        proxiesSignals = draft.proxiesSignals
        usesAPISocket = draft.usesAPISocket
        self.warnings = warnings
        showsHelp = draft.showsHelp
        request = draft.request
        var newOptions = parser.given.compactMap { option in
            option.since.map { NewOption(name: option.name, since: $0) }
        }
        newOptions += draft.newSettings.compactMap { name, since in
            APIVersion(since).map { NewOption(name: name, since: $0) }
        }
        self.newOptions = newOptions
        networks = draft.networks.map(\.name)
    }

    /// Refuses options that an Engine of this version would silently pass over.
    public func check(against version: APIVersion) throws(UsageError) {
        for option in newOptions where option.since > version {
            throw UsageError("\(option.name) needs API version \(option.since), and the Engine speaks \(version)")
        }
    }

    /// Refuses what no registry can fulfil, and what we cannot.
    private static func checkPull(of image: String, _ draft: Draft) throws(UsageError) {
        guard let reference = ImageReference(image) else {
            guard draft.pull != .always else {
                throw UsageError("--pull always: \"\(image)\" is an ID, which no registry knows: name the image")
            }
            return
        }
        // As docker reads it: whatever is not false is true. A digest needs no signature.
        let trust = draft.environment["DOCKER_CONTENT_TRUST"] ?? ""
        let wantsTrust = !trust.isEmpty && (try? Bool(option: trust)) ?? true
        if wantsTrust, !draft.isTrustWaived, !reference.hasDigest {
            throw UsageError(
                "DOCKER_CONTENT_TRUST=\(trust): images cannot be verified here: name the image by its digest, "
                    + "or say --disable-content-trust")
        }
    }

    /// docker's config.json; one that cannot be read says nothing, as for docker.
    private static func configuration(
        environment: [String: String], home: () -> String?, _ warnings: inout [String]
    ) -> ClientConfiguration {
        guard let path = ClientConfiguration.path(environment: environment, home: home) else {
            return ClientConfiguration()
        }
        do throws(ClientConfiguration.UnreadableFile) {
            return try ClientConfiguration(path: path)
        } catch {
            warnings.append("\(error.path) is passed over: \(error.reason)")
            return ClientConfiguration()
        }
    }

    /// `DOCKER_DEFAULT_PLATFORM`.
    private static func defaultPlatform(_ environment: [String: String]) throws(UsageError) -> Platform {
        let text = environment["DOCKER_DEFAULT_PLATFORM"] ?? ""
        do throws(InvalidValue) {
            return try Platform(option: text)
        } catch {
            throw UsageError(value: text, of: "DOCKER_DEFAULT_PLATFORM", error)
        }
    }

    /// The options of `run`, a line each.
    public static var help: String { RunOptions.help(of: Draft.table) }

    /// getcwd(3), or the root where the folder is gone.
    private static var currentFolder: String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }
}
