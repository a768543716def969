// SPDX-License-Identifier: Apache-2.0

internal import Engine

extension Draft {
    /// The container itself: its name, its process, its streams.
    static let general: [Option<Draft>] = [
        .list("attach", short: "a", \.attached, "Attach to STDIN, STDOUT or STDERR"),
        .list(
            "annotation", kind: "map", since: APIVersion("1.43"), \.annotations,
            "Add an annotation to the container (passed through to the OCI runtime)"),
        .value(
            "cidfile", \Setting.text, \.cidFile,
            "Write the container's ID to this file; with --rm it goes with the container"),
        .flag("detach", short: "d", \.isDetached, "Accepted and without effect: the unit is the background"),
        .value(
            "detach-keys", \DetachKeys.text, \.detachKeys,
            "Keys that take a terminal off the container; the unit goes on"),
        Option(
            ["disable-content-trust"], short: nil, kind: nil, "Accepted: images are not verified, and =false is refused"
        ) { (draft, text) throws(InvalidValue) in
            guard try Bool(option: text) else { throw InvalidValue("images cannot be verified here") }
            draft.isTrustWaived = true
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
        ) { (draft, text) throws(InvalidValue) in draft.host.initProcess = try Bool(option: text) },
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
            "Pull the image before running (missing|always|newer|never); newer is always, with what is there where the registry cannot be reached"
        ),
        .flag("quiet", short: "q", \.isQuiet, "Suppress the pull output"),
        .value("restart", \NoRestart.text, \.host.restartPolicy.name, "Only \"no\": use Restart= in the unit"),
        .flag("rm", \.host.removesOnExit, "Automatically remove the container and its anonymous volumes when it exits"),
        .value("runtime", \Setting.text, \.host.runtime, "Runtime to use for this container"),
        .value("isolation", \.host.isolation, "Container isolation technology"),
        .flag(
            "sig-proxy", \.proxiesSignals,
            "Accepted and without effect: the unit's signals are the container's"),
        .value("stop-signal", \Setting.text, \.request.stopSignal, "Signal to stop the container"),
        .value("stop-timeout", \.request.stopTimeout, "Timeout (in seconds) to stop a container"),
        .flag("tty", short: "t", \.request.hasTerminal, "Allocate a pseudo-TTY"),
        .flag(
            "use-api-socket", \.usesAPISocket,
            "Bind mount Docker's socket, and bring in the credentials for registries that we have"),
        .value("user", short: "u", \.request.user, "Username or UID (format: <name|uid>[:<group|gid>])"),
        .value("workdir", short: "w", \.request.workingDirectory, "Working directory inside the container"),
    ]
}
