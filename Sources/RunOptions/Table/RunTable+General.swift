// SPDX-License-Identifier: Apache-2.0

internal import Engine

extension RunTable {
    /// The container itself: its name, its process, its streams.
    static let general: [Option<CreateRequestBuilder>] = [
        .list("attach", short: "a", \.attached, "Attach to STDIN, STDOUT or STDERR"),
        .list(
            "annotation", kind: "map", since: APIVersion("1.43"), \.annotations,
            "Add an annotation to the container (passed through to the OCI runtime)"),
        .value(
            "cidfile", \OptionalString.text, \.cidFile,
            "Write the container ID to this file; with --rm it is removed with the container"),
        .flag("detach", short: "d", \.isDetached, "Accepted, without effect: a unit always runs in the background"),
        .value(
            "detach-keys", \DetachKeys.text, \.detachKeys,
            "Key sequence for detaching a terminal from the container; the unit keeps running"),
        Option(
            ["disable-content-trust"], short: nil, kind: nil,
            "Accepted: image signatures are not verified, and =false is refused"
        ) { (builder, text) throws(InvalidValue) in
            guard try Bool(option: text) else { throw InvalidValue("image signatures are not supported") }
            builder.waivesContentTrust = true
        },
        .value("entrypoint", \.entrypoint, "Overwrite the default ENTRYPOINT of the image"),
        .list("env", short: "e", \.variables, "Set environment variables"),
        .list("env-file", \.variableFiles, "Read in a file of environment variables"),
        .flag("help", \.showsHelp, "Print usage"),
        .value("hostname", short: "h", \.request.hostname, "Container host name"),
        .value("domainname", \.request.domainName, "Container NIS domain name"),
        Option(
            ["init"], short: nil, kind: nil,
            "Run an init inside the container that forwards signals and reaps processes"
        ) { (builder, text) throws(InvalidValue) in builder.host.initProcess = try Bool(option: text) },
        .flag("interactive", short: "i", \.isInteractive, "Keep STDIN open even if not attached"),
        .list("label", short: "l", \Label.text, \.labels, "Set meta data on a container"),
        .list("label-file", \.labelFiles, "Read in a line delimited file of labels"),
        .value("log-driver", \.host.logConfig.type, "Logging driver for the container"),
        .list("log-opt", \.logOptions, "Log driver options"),
        .value("name", \ContainerName.text, \.name, "Assign a name to the container"),
        .value(
            "platform", \.platform, "Platform of the image (os, arch or os/arch[/variant])"),
        .value(
            "pull", \.pull,
            "Pull image before running (missing|always|newer|never); newer pulls and falls back to the local image"
        ),
        .flag("quiet", short: "q", \.isQuiet, "Suppress the pull output"),
        .value(
            "restart", \RestartPolicy.name, \.host.restartPolicy.name,
            "Only \"no\" is accepted: use Restart= in the unit"),
        .flag("rm", \.host.removesOnExit, "Automatically remove the container and its anonymous volumes when it exits"),
        .value("runtime", \OptionalString.text, \.host.runtime, "Runtime to use for this container"),
        .value("isolation", \.host.isolation, "Container isolation technology"),
        .flagWithoutEffect("sig-proxy", "Accepted, without effect: the container always gets the unit's signals"),
        .value("stop-signal", \OptionalString.text, \.request.stopSignal, "Signal to stop the container"),
        .value("stop-timeout", \.request.stopTimeout, "Timeout (in seconds) to stop a container"),
        .flag("tty", short: "t", \.request.hasTerminal, "Allocate a pseudo-TTY"),
        .flag(
            "use-api-socket", \.usesAPISocket,
            "Bind mount Docker's socket and the registry credentials of this user"),
        .value("user", short: "u", \.request.user, "Username or UID (format: <name|uid>[:<group|gid>])"),
        .value("workdir", short: "w", \.request.workingDirectory, "Working directory inside the container"),
    ]
}
