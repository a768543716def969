// SPDX-License-Identifier: Apache-2.0

public import Engine
internal import Glibc

/// The command line after `run`, as docker reads it: options, image and command.
public struct ContainerOptions: Sendable, Equatable {
    /// The requested name; `nil` where there is none.
    public var name: String?
    /// Whether the name is the unit's, since there is no `--name`.
    public internal(set) var isNamedAfterUnit = false
    /// The image as typed.
    public var image: String { request.image }
    /// `--rm`.
    public var removesOnExit: Bool { request.hostConfig.removesOnExit }
    /// `--no-healthcheck`: the image's HEALTHCHECK does not count.
    public var hasNoHealthcheck: Bool { request.healthcheck?.test == ["NONE"] }
    /// `--log-driver passthrough`: the container's stdout and stderr are our own.
    public var passesOutput: Bool { request.hostConfig.logConfig.type == LogDriver.passthrough }
    /// `--cidfile`: where to write the container's ID; the file must not exist.
    public let cidFile: String?
    /// `--detach-keys`, or those of config.json; `nil` takes the Engine's.
    ///
    /// The connection to the container needs them, not its creation.
    public let detachKeys: String?
    /// `--platform`, for creation and pull; `nil` takes what the image has.
    public let platform: String?
    /// `--pull`.
    public let pull: PullPolicy
    /// `--quiet`: a pull shows no progress.
    public let isQuiet: Bool
    /// `--use-api-socket`: the container gets our credentials for registries; its mount is part of the request.
    public let usesAPISocket: Bool
    /// Warnings for the user, a line each.
    public let warnings: [String]
    /// `--help`: nothing else was looked at, and there is nothing to run.
    public let showsHelp: Bool
    /// The request for the container, in the form of the newest API; see ``creation(for:)``.
    public let request: CreateRequest
    /// Given options that some Engines do not have.
    let newOptions: [NewOption]
    /// The networks' names, in the order of the options.
    let networks: [String]

    /// Reads the words after `run`, and the files that `--env-file` and its like name.
    ///
    /// - Parameters:
    ///   - words: Without `run` itself.
    ///   - environment: Where `--env NAME` takes its values from.
    ///   - pull: The policy where there is no `--pull`.
    /// - Throws: ``UsageError`` for a command line that docker refuses as well, or that a unit cannot have.
    public init(
        parsing words: [String], environment: [String: String], pull: PullPolicy = .missing
    ) throws(UsageError) {
        try self.init(
            parsing: words, environment: environment, folder: Self.currentFolder, pull: pull,
            home: ClientConfiguration.homeInUserDatabase)
    }

    /// Reads the words with relative paths beginning in a given folder.
    ///
    /// - Parameters:
    ///   - words: Without `run` itself.
    ///   - environment: Where `--env NAME` takes its values from.
    ///   - folder: Where relative paths begin.
    ///   - pull: The policy where there is no `--pull`.
    ///   - home: The home folder for an environment without HOME.
    /// - Throws: ``UsageError``, as ``init(parsing:environment:pull:)``.
    init(
        parsing words: [String], environment: [String: String], folder: String,
        pull: PullPolicy = .missing, home: () -> String? = { nil }
    ) throws(UsageError) {
        var warnings: [String] = []
        let configuration = Self.configuration(environment: environment, home: home, &warnings)
        var builder = CreateRequestBuilder(environment: environment, folder: folder, configuration: configuration)
        builder.pull = pull
        var parser = OptionParser(RunTable.all)
        var rest = try parser.parse(words, into: &builder)[...]
        if builder.showsHelp {
            request = builder.request
        } else {
            guard let image = rest.popFirst() else {
                throw UsageError("no image: run [OPTIONS] IMAGE [COMMAND] [ARG...]")
            }
            if let fault = ImageReference.fault(in: image) {
                throw UsageError("invalid image \"\(image)\": \(fault)")
            }
            try Self.checkPull(of: image, builder)
            builder.request.image = image
            builder.request.command = rest.isEmpty ? nil : Array(rest)
            try builder.readFiles()
            request = try builder.build()
        }
        name = builder.name
        cidFile = builder.cidFile
        detachKeys = builder.detachKeys ?? configuration.detachKeys
        platform = try Platform(given: builder.platform, environment: environment).text
        self.pull = builder.pull
        isQuiet = builder.isQuiet
        usesAPISocket = builder.usesAPISocket
        self.warnings = warnings
        showsHelp = builder.showsHelp
        newOptions = parser.given.compactMap { option in
            option.since.map { NewOption(name: option.name, since: $0) }
        }
        networks = builder.networks.map(\.name)
    }

    /// Refuses pulls that no registry can serve, and signatures, which we do not check.
    private static func checkPull(of image: String, _ builder: CreateRequestBuilder) throws(UsageError) {
        guard let reference = ImageReference(image) else {
            guard builder.pull != .always else {
                throw UsageError("--pull always: \"\(image)\" is an ID, and registries only know names: name the image")
            }
            return
        }
        // As docker reads it: what is not false is true. A digest needs no signature.
        let trust = builder.environment["DOCKER_CONTENT_TRUST"] ?? ""
        let wantsTrust = !trust.isEmpty && (try? Bool(option: trust)) ?? true
        if wantsTrust, !builder.waivesContentTrust, !reference.hasDigest {
            throw UsageError(
                "DOCKER_CONTENT_TRUST=\(trust): image signatures are not supported: name the image by its digest, "
                    + "or use --disable-content-trust")
        }
    }

    /// docker's config.json; one that cannot be read is ignored with a warning, as by docker.
    private static func configuration(
        environment: [String: String], home: () -> String?, _ warnings: inout [String]
    ) -> ClientConfiguration {
        guard let path = ClientConfiguration.path(environment: environment, home: home) else {
            return ClientConfiguration()
        }
        do throws(ClientConfiguration.UnreadableFile) {
            return try ClientConfiguration(path: path)
        } catch {
            warnings.append("cannot read \(error.path): \(error.reason), ignoring")
            return ClientConfiguration()
        }
    }

    /// The options of `run`, a line each.
    public static var help: String { helpText(of: RunTable.all) }

    /// getcwd(3), or the root where the folder has been removed.
    private static var currentFolder: String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }
}
