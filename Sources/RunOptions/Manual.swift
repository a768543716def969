// SPDX-License-Identifier: Apache-2.0

/// The manual page in the format of man(7): `systemd-docker manual | man -l -`.
///
/// - Parameter version: The program's.
/// - Returns: The page, in ASCII.
public func manual(version: String) -> String {
    """
    .TH SYSTEMD\\-DOCKER 1 "" "systemd\\-docker \(version)"
    .SH NAME
    systemd\\-docker \\- run a Docker container as a systemd service
    .SH SYNOPSIS
    .B systemd\\-docker
    [\\fIOPTIONS\\fR] \\fBrun\\fR [\\fIDOCKER RUN OPTIONS\\fR] \\fIIMAGE\\fR [\\fICOMMAND\\fR] [\\fIARG\\fR...]
    .br
    .B systemd\\-docker
    [\\fIOPTIONS\\fR] \\fBpull\\fR [\\fIDOCKER RUN OPTIONS\\fR] \\fIIMAGE\\fR
    .br
    .B systemd\\-docker update
    [\\fB\\-\\-dry\\-run\\fR]
    .br
    .B systemd\\-docker prune
    [\\fIOPTIONS\\fR]
    .br
    .B systemd\\-docker setup
    [\\fB\\-\\-check\\fR|\\fB\\-\\-undo\\fR]
    .br
    .B systemd\\-docker clean\\-up
    [\\fICONTAINER\\fR]
    .br
    .B systemd\\-docker completion bash
    .br
    .B systemd\\-docker manual
    .SH DESCRIPTION
    Runs a Docker container as the service that a unit's \\fBExecStart=\\fR starts: the unit is active while the
    container runs, stopping the unit stops the container, and the container's exit status becomes the unit's.
    \\fBrun\\fR takes the options of \\fBdocker run\\fR with their meaning; the options below say where a unit differs.
    .PP
    \\fBpull\\fR takes the same command line, pulls the image and runs nothing.
    .PP
    \\fBupdate\\fR pulls the images of all active units with \\fB\\-\\-auto\\-update\\fR (as root those of the system,
    otherwise those of the user's manager) and restarts the units whose image has changed. If a unit does not start, its
    HEALTHCHECK fails, or a container without HEALTHCHECK exits within ten seconds, the old image gets the name back and
    all units that were restarted on the new image are restarted again.
    .PP
    \\fBprune\\fR removes images without a name, one by one. It keeps images that a container uses, running or not, and
    images that a unit file of the system or of a user names in any Exec line with docker in it, whether the unit is
    active or not. Variables in such a line are looked up in the unit's \\fBEnvironment=\\fR and
    \\fBEnvironmentFile=\\fR; where a part remains unknown, all images that it may name are kept.
    .PP
    \\fBclean\\-up\\fR, for \\fBExecStopPost=\\fR, cleans up after a run that was killed while it started its container.
    A container of systemd\\-docker without a living owner is stopped, or removed if it was never started; all other
    containers are left alone. Without an argument the container is the one named after the unit.
    .SH OPTIONS
    \(paragraphs(WrapperOptions.table)).SH OPTIONS OF RUN
    \(paragraphs(RunTable.all)).SH SETUP
    \\fBsystemd\\-docker setup\\fR adds our runtime to Docker's configuration, leaves everything else in it unchanged, and
    has the daemon reload it. It needs root and does not disturb containers. If Docker does not accept the change, the
    previous file is restored.
    \(paragraphs(SetupOptions.table)).SH OPTIONS OF UPDATE
    \(paragraphs(UpdateOptions.table)).SH OPTIONS OF PRUNE
    \(paragraphs(PruneOptions.table)).SH EXIT STATUS
    \\fBprune\\fR exits with 0 if all unused images are removed, and with 1 if Docker did not remove one that is not in
    use. \\fBupdate\\fR exits with 0 if all units run the newest image, and with 1 if one does not: it was put back on
    the old image, or the new one could not be pulled. \\fBrun\\fR exits as the container does, except for
    .TP
    .B 64
    invalid command line: nothing was created;
    .TP
    .B 125
    error of Docker, or while joining the container to the unit;
    .TP
    .B 126
    the container's command cannot be executed;
    .TP
    .B 127
    the container's command was not found.
    .SH ENVIRONMENT
    .TP
    .B DOCKER_HOST
    The socket of the daemon (default unix:///var/run/docker.sock).
    .TP
    .B DOCKER_API_VERSION
    The version of the API to use, instead of the newest that both sides have.
    .TP
    .B DOCKER_CONFIG
    The folder with config.json, of which credentials, \\fBproxies\\fR and \\fBdetachKeys\\fR are used (default .docker in
    the home folder).
    .TP
    .B CREDENTIALS_DIRECTORY
    The folder in which \\fBLoadCredential=docker\\-config:\\fR\\fIPATH\\fR provides a config.json; no other credentials are
    used then.
    .TP
    .B STATE_DIRECTORY
    The folder in which \\fB\\-\\-load\\fR records loaded tarballs (default /var/lib/systemd\\-docker).
    .TP
    .B DOCKER_DEFAULT_PLATFORM
    The default of \\fB\\-\\-platform\\fR.
    .SH SEE ALSO
    .BR docker\\-run (1),
    .BR systemd.service (5)

    """
}

/// A paragraph for each option, in the table's order.
private func paragraphs<Settings>(_ table: [Option<Settings>]) -> String {
    table.filter { !$0.help.isEmpty }.map { option in
        let names = (option.short.map { ["-\($0)"] } ?? []) + option.names.map { "--\($0)" }
        let value = option.kind.map { " \\fI\(escaped($0))\\fR" } ?? ""
        let since = option.since.map { " Needs API \($0)." } ?? ""
        return """
            .TP
            \(names.map { "\\fB\(escaped($0))\\fR" }.joined(separator: ", "))\(value)
            \(escaped(option.help)).\(since)

            """
    }.joined()
}

/// Text without any meaning to roff.
private func escaped(_ text: String) -> String {
    let plain = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&\(plain)" : plain
}
