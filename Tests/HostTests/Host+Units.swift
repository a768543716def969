// SPDX-License-Identifier: Apache-2.0

import Testing

extension Host {
    /// Functions that the scripts of the tests may use.
    static let functions = """
        # Waits for what announces itself to nobody, at most 20 s.
        eventually() {
            local deadline=$((SECONDS + 20))
            until eval "$1"; do
                ((SECONDS < deadline)) || { echo "never came true: $1" >&2; return 1; }
                read -r -t 0.05 <> <(:) || true
            done
        }
        property() { systemctl show --value --property "$2" "$1"; }
        # The unit's log, without what systemd itself says.
        log() { journalctl --sync; journalctl --no-pager --output cat --since "$since" --unit "$1" _TRANSPORT=stdout; }
        pid_of() { docker inspect --format '{{.State.Pid}}' "$1"; }
        # Whether the manager has heard a ping of a unit's watchdog so many seconds after its start.
        pinged() {
            local start=$(property "$1" ActiveEnterTimestampMonotonic)
            (($(property "$1" WatchdogTimestampMonotonic) > start + $2 * 1000000))
        }

        """

    /// A function that makes Docker leave containers alone when it goes, until the script ends.
    ///
    /// Then Docker is restarted: a setting that is no longer there changes nothing when it only reads its file again.
    static let liveRestore = """
        with_live_restore() {
            cp /etc/docker/daemon.json /run/daemon.json
            trap 'mv /run/daemon.json /etc/docker/daemon.json; systemctl reset-failed docker.service; systemctl restart docker.socket docker.service' EXIT
            sed --in-place 's/^{/{"live-restore":true,/' /etc/docker/daemon.json
            systemctl reload docker.service
            eventually '[[ $(docker info --format "{{.LiveRestoreEnabled}}") == true ]]'
        }

        """

    /// Installs units, runs a script in the host, takes the units away again, and checks that nothing is left.
    ///
    /// - Returns: what the script printed.
    @discardableResult
    func with(
        units: [String: String], _ script: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        // Sockets first: one that waits would start its service again.
        let names = units.keys.sorted { ($0.hasSuffix(".socket") ? 0 : 1, $0) < ($1.hasSuffix(".socket") ? 0 : 1, $1) }
            .joined(separator: " ")
        let installation = units.map { "cat >/etc/systemd/system/\($0.key) <<'UNIT'\n\($0.value)\nUNIT\n" }.joined()
        // Not by a cursor: with a filter, systemd 252 passes over the first entry behind it.
        let start = Self.functions + "since=@\(try run("date +%s.%6N"))\n"
        let answer = try attempt(start + installation + "systemctl daemon-reload\n" + script)
        let cleaning = try attempt(
            start + """
                systemctl stop \(names)
                journalctl --no-pager --output short-precise --since "$since" $(printf -- '--unit %s ' \(names))
                systemctl reset-failed
                """)
        let removal = "cd /etc/systemd/system && rm -f \(names) && systemctl daemon-reload\n"
        let left = try attempt(Self.functions + Self.leftovers + removal)
        if answer.status != 0 {
            Issue.record(
                """
                exit status \(answer.status) on \(kind.name)
                \(answer.output)\(answer.error)
                \(cleaning.output)
                """, sourceLocation: sourceLocation)
        }
        #expect(left.output == "", "left behind on \(kind.name)", sourceLocation: sourceLocation)
        return answer.output
    }

    /// Prints every container, cgroup, socket, file and process that a container or a wrapper may leave.
    private static let leftovers = """
        found() {
            docker ps --all --format 'container {{.Names}} {{.Status}}'
            find /run/systemd-docker /run/*.pid -mindepth 1 ! -path /run/systemd-docker/claims ! -path '/run/systemd-docker/owners*' 2>/dev/null | sed 's/^/file /' || true
            # A socket that listens no more, of a wrapper that was killed, goes with the next start.
            ss --no-header --listening --unix | grep -o '/run/systemd-docker/owners/[^ ]*' | sed 's/^/file /' || true
            pgrep --list-full systemd-docker | sed 's/^/process /' || true
            find /sys/fs/cgroup -type d \\( -name 'docker-*' -o -name supervisor \\
                -o -name '[0-9a-f]*' -regextype posix-extended -regex '.*/[0-9a-f]{64}' \\) | sed 's/^/cgroup /'
            find /sys/fs/cgroup -type d -path '*/test*.service' | sed 's/^/cgroup /'
        }
        # systemd removes a stopped unit's cgroup and Docker's empty scope when it gets to it.
        if ! eventually '[[ -z $(found) ]]' 2>/dev/null; then found; docker rm --force $(docker ps --all --quiet) >&2; fi

        """

    /// A unit with the settings that the README recommends, and this `ExecStart=` behind the program's name.
    static func service(_ command: String, _ settings: String = "") -> String {
        """
        [Unit]
        Requires=docker.service
        After=docker.service
        StartLimitIntervalSec=0
        [Service]
        Type=notify
        ExecStart=/usr/local/bin/systemd-docker \(command)
        \(settings)
        """
    }
}
