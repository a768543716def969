// SPDX-License-Identifier: Apache-2.0

/// The manual page, as man(7) wants it: `systemd-docker manual | man -l -`.
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
    Runs a Docker container as the service that a unit's \\fBExecStart=\\fR starts: the unit is up when the container
    is, stops it when it is stopped, and ends as it ends. Behind \\fBrun\\fR stands what stands behind
    \\fBdocker run\\fR, and means the same; where a unit wants something else, the option says so below.
    .PP
    \\fBpull\\fR takes the same words, pulls the image, and runs nothing.
    .PP
    \\fBupdate\\fR pulls the images of the running units that have \\fB\\-\\-auto\\-update\\fR, of the system as
    root and of the user's manager else, and restarts those whose image is another one then. Where a unit does not come
    up, its HEALTHCHECK fails, or a container that has none ends within ten seconds, the image's name goes back to the
    old image, and all units of this name are restarted that had the new one.
    .PP
    \\fBprune\\fR removes images without a name, one by one, but none that a container uses, whether it runs or not,
    and none that a unit file names, whether the unit runs or not: of the system or of a user, in any line that starts
    something with docker in it. What such a line says by a variable is looked up in the unit's \\fBEnvironment=\\fR and
    \\fBEnvironmentFile=\\fR; for what remains unknown all images are kept that may be meant.
    .PP
    \\fBclean\\-up\\fR ends what a run has left behind that was killed while it started its container: for
    \\fBExecStopPost=\\fR. A container of ours that has no living owner is stopped, one that was never started is removed;
    all others are left alone. Without a name it is the one that is named after the unit.
    .SH OPTIONS
    \(paragraphs(WrapperOptions.table)).SH OPTIONS OF RUN
    \(paragraphs(Draft.table)).SH SETUP
    \\fBsystemd\\-docker setup\\fR registers our runtime in Docker's configuration, keeps all else that is in there, and
    has the daemon reload it; that takes root and disturbs no container. Where Docker does not take it over, the file is
    put back.
    \(paragraphs(SetupOptions.table)).SH OPTIONS OF UPDATE
    \(paragraphs(UpdateOptions.table)).SH OPTIONS OF PRUNE
    \(paragraphs(PruneOptions.table)).SH EXIT STATUS
    Of \\fBprune\\fR 0 when all unused images are gone, and 1 when Docker did not remove one, other than because it is
    in use after all. Of \\fBupdate\\fR 0 when all units run the newest image, and 1 when one does not: it went back to
    the old one, or its image could not be pulled. Of \\fBrun\\fR that of the container, but for
    .TP
    .B 64
    a command line that cannot be carried out: nothing was created;
    .TP
    .B 125
    Docker, or the way from the unit to Docker, has failed;
    .TP
    .B 126
    the container's command cannot be executed;
    .TP
    .B 127
    the container's command is not there.
    .SH ENVIRONMENT
    .TP
    .B DOCKER_HOST
    Where the Engine listens: unix:///var/run/docker.sock.
    .TP
    .B DOCKER_API_VERSION
    Fixes the version of the API.
    .TP
    .B DOCKER_CONFIG
    The folder with config.json, whose credentials, \\fBproxies\\fR and \\fBdetachKeys\\fR count; else .docker in the
    home folder.
    .TP
    .B CREDENTIALS_DIRECTORY
    Where \\fBLoadCredential=docker\\-config:\\fR\\fIPATH\\fR puts a config.json whose credentials count alone.
    .TP
    .B STATE_DIRECTORY
    Where it is noted what \\fB\\-\\-load\\fR has loaded; else /var/lib/systemd\\-docker.
    .TP
    .B DOCKER_DEFAULT_PLATFORM
    What \\fB\\-\\-platform\\fR is where it is not given.
    .SH SEE ALSO
    .BR docker\\-run (1),
    .BR systemd.service (5)

    """
}

/// A paragraph an option, in the table's order.
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

/// Text in which nothing means anything to roff.
private func escaped(_ text: String) -> String {
    let plain = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&\(plain)" : plain
}
