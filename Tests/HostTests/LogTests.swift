// SPDX-License-Identifier: Apache-2.0

import Testing

extension HostTests {
    /// What a container writes, and what of it the journal has.
    @Suite("Logs")
    struct Logs {
        private static let kinds = [Host.Kind.bookworm, .trixie, .forky]
        private static let (oldest, newest) = (Host.Kind.bookworm, Host.Kind.forky)
        private static let unlimited = "LogRateLimitIntervalSec=0"

        /// Functions for the scripts below.
        private static let functions = """
            # The entries of a unit, one a line: what it said, with which priority, and how journald ended the line.
            entries() {
                journalctl --sync
                journalctl --no-pager --all --output json --output-fields MESSAGE,PRIORITY,_LINE_BREAK \\
                    --since "$since" --unit "$1" _TRANSPORT=stdout | grep --invert-match '"MESSAGE":"systemd-docker: ' |
                    awk 'function field(form) { return match($0, form) ? substr($0, RSTART, RLENGTH) : "" }
                        { print field("\\"PRIORITY\\":\\"[0-9]\\""), field("\\"_LINE_BREAK\\":\\"[a-z-]*\\""), \\
                            field("\\"MESSAGE\\":(\\"([^\\"\\\\\\\\]|\\\\\\\\.)*\\"|.[0-9,]*.)") }'
            }
            files=$(mktemp --directory)
            # The numbers of a unit's lines of a stream, none of which may come twice or out of order.
            numbers() {
                log $1 | sed -n "s/^\\([0-9]\\+\\) $2$/\\1/p" >$files/numbers
                sort --check --unique --numeric-sort $files/numbers
                cat $files/numbers
            }
            last() { numbers $1 out | tail -n 1; }
            # Whatever Docker's own log has of a unit, its journal has as well.
            complete() {
                local stream pick
                for stream in out err; do
                    [[ $stream == out ]] && pick=2 || pick=1
                    eval "docker logs $1 $pick>/dev/null" 2>&1 | sed -n "s/^\\([0-9]\\+\\) $stream$/\\1/p" >$files/docker
                    [[ -s $files/docker ]]
                    eventually "(( \\$(numbers $1 $stream | tail -n 1) >= $(tail -n 1 $files/docker) ))"
                    numbers $1 $stream | sort | comm -13 - <(sort $files/docker) | sed "s/^/$1 $stream lacks /" >$files/lacking
                    cat $files/lacking
                    [[ ! -s $files/lacking ]]
                done
            }
            ended() { eventually "[[ \\$(property $1 ActiveState) == @(inactive|failed) ]]"; }

            """

        @Test(
            "what a container writes arrives as if the unit had written it itself, with all that its settings say",
            arguments: [oldest, newest])
        func bytes(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let program = "sh -c 'cat /run/test-in/err >&2; cat /run/test-in/out'"
            let settings = [
                "journal": "",
                "raw": "SyslogLevelPrefix=no\nStandardError=null",
                "file": "StandardOutput=truncate:/run/test-in/file-out\nStandardError=truncate:/run/test-in/file-err",
            ]
            var units: [String: String] = [:]
            for (name, settings) in settings {
                units["test-\(name).service"] = Host.service(
                    "run --rm --name %n -v /run/test-in:/run/test-in busybox \(program)",
                    Self.unlimited + "\n" + settings)
                units["test-\(name)-plain.service"] = """
                    [Service]
                    ExecStart=\(program)
                    \(Self.unlimited)
                    \(settings)
                    """
            }
            try host.with(
                units: units,
                Self.functions + #"""
                    trap 'rm -r /run/test-in' EXIT
                    mkdir /run/test-in
                    x() { head -c $1 /dev/zero | tr '\0' x; }
                    # Not UTF-8, all that journald makes something of, lines longer than Docker's 16K and than journald's
                    # own LineMax=, and a last one without an end.
                    {
                        printf 'one\r\n\n  two\t \n\0three\n\377\376 \303\251\n<4>four\n\33[1mfive\33[0m\n'
                        for length in 16383 16384 16385 32768 40000 100000; do x $length; echo " $length"; done
                        seq 500
                        printf 'the last'
                    } >/run/test-in/out
                    printf 'err 1\n<3>err 2\nerr %s\n' "$(x 20000)" >/run/test-in/err
                    for unit in test-{journal,raw,file}; do
                        systemctl start $unit.service $unit-plain.service
                        ended $unit.service
                        ended $unit-plain.service
                    done
                    for unit in test-{journal,raw}; do
                        for name in $unit $unit-plain; do entries $name.service >/run/test-in/$name; done
                        for stream in out err; do
                            # The two streams are two connections to Docker, with no order between them.
                            [[ $stream == err ]] && pick= || pick=--invert-match
                            for name in $unit $unit-plain; do
                                grep $pick -E '"MESSAGE":"(<3>)?err ' /run/test-in/$name \
                                    >/run/test-in/$name-$stream || [[ $unit-$stream == test-raw-err ]]
                            done
                            cmp /run/test-in/$unit-$stream /run/test-in/$unit-plain-$stream
                        done
                    done
                    # journald takes what is at the end of a line from each, and nothing else is changed.
                    (( $(wc -l </run/test-in/test-journal-out) == 515 && $(wc -l </run/test-in/test-journal-err) == 3 ))
                    grep -q '"PRIORITY":"4".*four' /run/test-in/test-journal-out
                    [[ ! -s /run/test-in/test-raw-err ]]
                    cmp /run/test-in/out /run/test-in/file-out
                    grep --text --invert-match '^systemd-docker: ' /run/test-in/file-err | cmp /run/test-in/err -
                    """#)
        }

        @Test("the shortest life leaves its lines, ten times", arguments: [oldest, newest])
        func shortest(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let unit = Host.service(
                "run --rm --name %n busybox sh -c 'echo out; echo err >&2; printf last'", Self.unlimited)
            try host.with(
                units: Dictionary(uniqueKeysWithValues: (1...5).map { ("test-\($0).service", unit) }),
                Self.functions + """
                    for round in 1 2; do
                        systemctl start test-{1..5}.service
                        for number in 1 2 3 4 5; do ended test-$number.service; done
                        for number in 1 2 3 4 5; do
                            [[ $(log test-$number.service | grep -xc -e out -e err -e last) == $((round * 3)) ]]
                        done
                    done
                    """)
        }

        @Test(
            "a journal that has stopped reading stops no container, and has all of it later",
            arguments: [oldest, newest])
        func stoppedJournal(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let line = String(repeating: "0123456789", count: 30)
            let program = """
                run --rm --name %n -v /run:/host busybox sh -c 'while ! test -e /host/test-go; do usleep 10000; done; \
                seq 0 29999 | sed "s/$$/ \(line)/"; touch /host/test-done; while test -e /host/test-go; do usleep 10000; \
                done'
                """
            try host.with(
                units: ["test.service": Host.service(program, Self.unlimited)],
                Self.functions + """
                    trap 'pkill -CONT systemd-journal; rm -f /run/test-go /run/test-done' EXIT
                    systemctl start test.service
                    wrapper=$(property test.service MainPID)
                    pkill -STOP systemd-journal
                    touch /run/test-go
                    # 9 MB: it has written them, and ends, though nobody has read more than the first.
                    eventually '[[ -e /run/test-done ]]'
                    memory=$(sed -n 's/^RssAnon://p' /proc/$wrapper/status | tr -dc 0-9)
                    (( memory < 6000 )) || { echo "$memory kB"; exit 1; }
                    pid=$(pid_of test.service)
                    rm /run/test-go
                    eventually "[[ ! -e /proc/$pid ]]"
                    pkill -CONT systemd-journal
                    ended test.service
                    [[ $(property test.service Result) == success ]]
                    log test.service | grep ' \(line)$' >/run/test-done
                    cut -d' ' -f1 /run/test-done | cmp - <(seq 0 29999)
                    """)
        }

        @Test(
            "a line of our own to a journal that has stopped reading keeps no SIGTERM from the container",
            arguments: [oldest, newest])
        func stoppedJournalAndSignal(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let program = """
                run --rm --name %n -v /run:/host --health-cmd "test ! -e /host/test-quiet" --health-interval 1s \
                --health-retries 1 busybox sh -c 'trap "touch /host/test-saved; exit 0" TERM; while :; do echo \
                \(String(repeating: "0123456789", count: 30)); test -e /host/test-quiet && sleep 0.1; done'
                """
            try host.with(
                units: ["test.service": Host.service(program, Self.unlimited)],
                Self.functions + """
                    trap 'pkill -CONT systemd-journal; rm -f /run/test-saved /run/test-quiet' EXIT
                    systemctl start test.service
                    pkill -STOP systemd-journal
                    wrapper=$(property test.service MainPID)
                    # The socket to the journal is full when more waits in the wrapper than before.
                    before=$(sed -n 's/^RssAnon://p' /proc/$wrapper/status | tr -dc 0-9)
                    eventually '(( $(sed -n "s/^RssAnon://p" /proc/$wrapper/status | tr -dc 0-9) > before + 200 ))'
                    touch /run/test-quiet
                    # It warns of that, and nothing reads the warning.
                    eventually '[[ $(property test.service StatusText) == *unhealthy* ]]'
                    systemctl stop --no-block test.service
                    eventually '[[ -e /run/test-saved ]]'
                    pkill -CONT systemd-journal
                    ended test.service
                    [[ $(property test.service Result) == success ]]
                    log test.service | grep 'became unhealthy' >/dev/null
                    """)
        }

        /// Writes numbers until it is stopped.
        private static let counter =
            "busybox sh -c 'trap \"exit 0\" TERM; i=0; while :; do echo $$i out; echo $$i err >&2; i=$$((i + 1));"
            + " usleep 5000; done'"

        @Test(
            "a wrapper that is killed and takes its container over again goes on where it was",
            arguments: [Host.Kind.bookwormLegacy, .trixie])
        func adopted(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            let settings = "KillMode=process\nRestart=always\nRestartSec=0\n" + Self.unlimited
            try host.with(
                units: ["test.service": Host.service("run --rm --name %n \(Self.counter)", settings)],
                Self.functions + """
                    systemctl start test.service
                    pid=$(pid_of test.service)
                    for round in 1 2 3; do
                        here=$(last test.service)
                        eventually "(( \\$(last test.service) > here + 20 ))"
                        systemctl kill --signal KILL --kill-who=main test.service
                        eventually "(( \\$(property test.service NRestarts) == $round ))"
                        eventually '[[ $(property test.service ActiveState) == active ]]'
                        [[ $(pid_of test.service) == $pid ]]
                    done
                    complete test.service
                    systemctl stop test.service
                    """)
        }

        @Test(
            "a line of the log whose time cannot be is taken over like any other",
            arguments: [
                // Docker 20.10 itself leaves out what is older than what it was asked for.
                (oldest, "9999 2263"), (newest, "9999 0001 2263 1969"),
            ])
        func impossibleTime(kind: Host.Kind, years: String) async throws {
            let host = try await Host.of(kind)
            let settings = "KillMode=process\nRestart=always\nRestartSec=2\n" + Self.unlimited
            try host.with(
                units: ["test.service": Host.service("run --rm --name %n \(Self.counter)", settings)],
                Self.functions + """
                    systemctl start test.service
                    file=$(docker inspect --format '{{.LogPath}}' test.service)
                    eventually "(( \\$(last test.service) > 20 ))"
                    systemctl kill --signal KILL --kill-who=main test.service
                    eventually '[[ $(property test.service SubState) == auto-restart ]]'
                    before=$(wc -l <"$file")
                    eventually '(( $(wc -l <"$file") > before + 20 ))'
                    # In their places: Docker keeps count of the bytes.
                    places=$(grep --byte-offset --only-matching '"time":"20' "$file" | tail -n 10 | cut -d: -f1)
                    for year in \(years); do
                        printf $year | dd of="$file" bs=1 seek=$((${places%%$'\\n'*} + 8)) conv=notrunc status=none
                        places=${places#*$'\\n'}
                    done
                    grep --count '"time":"9999-' "$file"
                    eventually '[[ $(property test.service ActiveState) == active ]]'
                    here=$(last test.service)
                    eventually "(( \\$(last test.service) > here + 20 ))"
                    complete test.service
                    [[ $(property test.service NRestarts) == 1 ]]
                    systemctl stop test.service
                    """)
        }

        @Test("over a restart of the daemon no line is lost and none comes twice", arguments: kinds)
        func restartedDaemon(kind: Host.Kind) async throws {
            let host = try await Host.of(kind)
            // Docker 20.10 itself removes what was made with --rm when it is restarted.
            let removal = kind.suite == "bookworm" ? "" : "--rm"
            func unit(_ driver: String) -> String {
                Host.service(
                    "run \(removal) --name %n --log-driver \(driver) \(Self.counter)",
                    Self.unlimited + "\nTimeoutStopSec=2"
                ).replacing("Requires=", with: "Wants=")
            }
            let drivers = ["json-file", "local", "journald", "none"]
            try host.with(
                units: Dictionary(uniqueKeysWithValues: drivers.map { ("test-\($0).service", unit($0)) }),
                Self.functions + Host.liveRestore + """
                    with_live_restore
                    units=$(printf 'test-%s.service ' \(drivers.joined(separator: " ")))
                    systemctl start $units
                    systemctl restart docker.service
                    for unit in $units; do
                        # What comes now has come over the new daemon.
                        here=$(last $unit)
                        eventually "(( \\$(last $unit) > here + 50 ))"
                        [[ $(property $unit NRestarts) == 0 && $(property $unit ActiveState) == active ]]
                    done
                    for unit in ${units/test-none.service}; do
                        complete $unit
                    done
                    [[ $(numbers test-none.service out | head -n 1) == 0 ]]
                    log test-none.service | grep 'what the container has written while Docker was away may be lost'
                    systemctl stop $units
                    [[ -n '\(removal)' ]] || docker rm $units
                    """)
        }
    }
}
