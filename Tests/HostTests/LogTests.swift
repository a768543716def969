// SPDX-License-Identifier: Apache-2.0

import Testing

extension HostTests {
    /// What a container writes, and what of it the journal has.
    @Suite("Logs")
    struct Logs {
        private static let kinds = [Host.Kind.trixie, .bookworm, .forky]
        private static let unlimited = "LogRateLimitIntervalSec=0"

        /// Functions for the scripts below.
        private static let functions = """
            # Reads numbered lines, and prints the first number that is missing, and the one behind the last.
            gaps() { awk '{ if ($1 != n + 0) { print "missing", n + 0, "before", $1; exit 1 } n = $1 + 1 }'; }
            with_live_restore() {
                cp /etc/docker/daemon.json /run/daemon.json
                sed 's/^{/{"live-restore":true,/' /run/daemon.json >/etc/docker/daemon.json
                systemctl reload docker.service
                eventually '[[ $(docker info --format "{{.LiveRestoreEnabled}}") == true ]]'
            }
            # A key that is not there (any more) changes nothing when the daemon reloads.
            without_live_restore() {
                sed -i 's/"live-restore":true/"live-restore":false/' /etc/docker/daemon.json
                systemctl reload docker.service
                eventually '[[ $(docker info --format "{{.LiveRestoreEnabled}}") == false ]]'
                mv /run/daemon.json /etc/docker/daemon.json
            }

            """

        @Test("bytes come as they were written, from the first to the last, and none is an error", arguments: kinds)
        func bytes(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let program = """
                run --rm --name %n busybox sh -c 'printf "one\\\\r\\\\n\\\\n\\\\377\\\\376 é\\\\n"; \
                echo two >&2; echo "<4>three"; head -c 40000 /dev/zero | tr "\\\\0" x; printf "\\\\nlast"'
                """
            try host.with(
                units: ["test.service": Host.service(program, Self.unlimited)],
                """
                systemctl start test.service
                eventually '[[ $(property test.service ActiveState) == inactive ]]'
                journalctl --sync
                field() { journalctl --no-pager --all --output cat --since "$since" --unit test.service \\
                    _TRANSPORT=stdout "$@" | grep --text --invert-match '^systemd-docker: '; }
                # journald itself cuts lines at LineMax= (journald.conf(5)), and takes off white space at the end.
                [[ $(field | grep --text --only-matching x | wc -l) == 40000 ]]
                [[ $(field | grep --text '^x' | wc -l) == 1 ]]
                field | grep --text --invert-match '^x' | sort >/run/found
                printf 'one\\n\\377\\376 é\\ntwo\\nthree\\nlast\\n' | sort | diff - /run/found
                [[ $(field --priority warning) == three && -z $(field --priority err) ]]
                """)
        }

        @Test("the shortest life leaves its lines, twenty times", arguments: [Host.Kind.trixie, .bookworm])
        func shortest(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let unit = Host.service("run --rm --name %n busybox sh -c 'echo out; echo err >&2'", Self.unlimited)
            try host.with(
                units: ["test.service": unit],
                """
                for _ in {1..20}; do
                    systemctl start test.service
                    eventually '[[ $(property test.service ActiveState) == inactive ]]'
                done
                [[ $(log test.service | grep --count '^out$') == 20 ]]
                [[ $(log test.service | grep --count '^err$') == 20 ]]
                """)
        }

        @Test(
            "a journal that has stopped reading stops no container, and has all of it later",
            arguments: [Host.Kind.trixie, .bookworm])
        func stoppedJournal(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let line = String(repeating: "0123456789", count: 10)
            let program = """
                run --rm --name %n -v /run:/host busybox sh -c 'while ! test -e /host/go; do usleep 10000; done; \
                seq 0 199999 | sed "s/$$/ \(line)/"; touch /host/done; exec sleep 1000'
                """
            try host.with(
                units: ["test.service": Host.service(program, Self.unlimited + "\nTimeoutStopSec=1")],
                Self.functions + """
                    trap 'pkill -CONT systemd-journal; rm -f /run/go /run/done' EXIT
                    systemctl start test.service
                    pkill -STOP systemd-journal
                    touch /run/go
                    eventually '[[ -e /run/done ]]'
                    (( $(sed -n 's/^RssAnon: *//p' /proc/$(property test.service MainPID)/status | tr -dc 0-9) < 6000 ))
                    pkill -CONT systemd-journal
                    eventually '(( $(journalctl --output cat --unit test.service --lines 1 | cut -d" " -f1) == 199999 ))'
                    log test.service | grep '\(line)$' | gaps
                    """)
        }

        @Test("over a restart of the daemon no line is lost and none comes twice", arguments: kinds)
        func restartedDaemon(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            func unit(_ driver: String) -> String {
                Host.service(
                    """
                    run --rm --name %n --log-driver \(driver) busybox sh -c 'i=0; while :; do \
                    echo $$i out; echo $$i err >&2; i=$$((i + 1)); usleep 1000; done'
                    """, Self.unlimited + "\nTimeoutStopSec=2"
                ).replacing("Requires=", with: "Wants=")
            }
            let drivers = ["json-file", "local", "journald", "none"]
            try host.with(
                units: Dictionary(uniqueKeysWithValues: drivers.map { ("test-\($0).service", unit($0)) }),
                Self.functions + """
                    trap without_live_restore EXIT
                    with_live_restore
                    units=$(printf 'test-%s.service ' \(drivers.joined(separator: " ")))
                    systemctl start $units
                    systemctl restart docker.service
                    # What comes now has come over the new daemon.
                    for unit in $units; do
                        here=$(docker logs --tail 1 $unit 2>/dev/null | cut -d' ' -f1) || here=1
                        eventually "log $unit | awk -v here=$here '/ out/ && \\$1 > here + 100 { found = 1 } END { exit !found }'"
                        [[ $(property $unit NRestarts) == 0 ]]
                    done
                    for unit in ${units/test-none.service}; do
                        for stream in out err; do log $unit | grep "^[0-9]* $stream$" | gaps; done
                    done
                    log test-none.service | grep 'what the container has written while Docker was away may be lost'
                    """)
        }
    }
}
