// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RunOptions

@Suite("Completion and manual")
struct CompletionTests {
    @Test(
        "bash completes what may stand there",
        arguments: [
            ("ru", ["run"]), ("--pid", ["--pid-file"]), ("--logs run --env-f", ["--env-file"]),
            ("run --net", ["--net", "--net-alias", "--network", "--network-alias"]),
            ("run --name --net", []), ("run --name web --oom-s", ["--oom-score-adj"]),
            ("run --name = web --oom-s", ["--oom-score-adj"]), ("run --rm alpine --oom-s", []),
            ("run --env-file /etc/hostnam", ["/etc/hostname"]), ("run --env-file = /etc/hostnam", ["/etc/hostname"]),
            ("completion ", ["bash"]), ("prune --a", ["--all-unused"]), ("pru", ["prune"]),
            ("update --d", ["--dry-run"]),
            ("setup --", ["--check", "--help", "--undo"]),
        ] as [(String, [String])])
    func bash(line: String, expected: [String]) throws {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        let script = """
            \(try completion(for: ["bash"]))
            # It works only within a completion.
            compopt() { :; }
            COMP_WORDS=(systemd-docker \(words.map { "'\($0)'" }.joined(separator: " ")))
            COMP_CWORD=\(words.count)
            _systemd_docker
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let run = try Run("/bin/bash", ["-c", script])
        #expect(run.error == "")
        #expect(run.output.split(separator: "\n").map(String.init).sorted() == expected)
    }

    @Test("the tab key completes in an interactive bash")
    func interactive() throws {
        // What is typed ends with the shell, so that script(1) need not guess at the end of its input.
        let script = """
            settings=$(mktemp) && trap 'rm "$settings"' EXIT
            cat >"$settings" <<'END'
            \(try completion(for: ["bash"]))
            systemd-docker() { printf '<%s>' "$@"; echo; }
            PS1=
            bind 'set enable-bracketed-paste off' 'set show-all-if-ambiguous on' 'set bell-style none'
            END
            export INPUTRC=/dev/null TERM=dumb LC_ALL=C
            printf '%s\\n' $'systemd-docker ru\\t--oom-s\\t5 --net\\t' \\
                $'systemd-docker run --env-file /etc/hostn\\timg' $'systemd-docker --pid\\t' exit |
                script --quiet --command "bash --rcfile $settings -i" /dev/null
            """
        // In / there is a folder called run, which is not meant.
        let run = try Run("/bin/bash", ["-c", script], environment: ["PATH": "/usr/bin:/bin"], folder: "/")
        #expect(run.error == "")
        let lines = run.output.split { $0.isNewline }.map { $0.split(separator: " ").joined(separator: " ") }
        for line in [
            "--net --net-alias --network --network-alias", "<run><--oom-score-adj><5><--net>",
            "<run><--env-file></etc/hostname><img>", "<--pid-file>",
        ] {
            #expect(lines.contains(line), "\(run.output)")
        }
    }

    @Test("completion is for bash", arguments: [[], ["zsh"], ["bash", "zsh"]])
    func shells(words: [String]) {
        #expect(throws: UsageError("completion is only available for bash: completion bash")) {
            try completion(for: words)
        }
    }

    @Test("the manual has a paragraph for every option that the help has, in plain ASCII without bare dashes")
    func manualPage() {
        let page = manual(version: "1.2.3")
        #expect(page.allSatisfy { $0.isASCII })
        #expect(page.contains(".TH SYSTEMD\\-DOCKER 1 \"\" \"systemd\\-docker 1.2.3\"\n"))
        let names =
            RunTable.all.filter { !$0.help.isEmpty }.flatMap(\.names) + SetupOptions.table.flatMap(\.names)
            + PruneOptions.table.flatMap(\.names) + UpdateOptions.table.flatMap(\.names)
        for name in names {
            #expect(page.contains("\\fB\\-\\-\(name.replacing("-", with: "\\-"))\\fR"), "\(name)")
        }
        #expect(page.contains("\n.TP\n\\fB\\-e\\fR, \\fB\\-\\-env\\fR \\fIlist\\fR\nSet environment variables.\n"))
        #expect(page.contains("(passed through to the OCI runtime). Needs API 1.43.\n"))
        #expect(!page.contains("\n\n") && page.hasSuffix("\n"))
    }

    @Test("the manual is shown by man, and roff has no complaint")
    func manualIsShown() throws {
        let script = """
            export LC_ALL=C.UTF-8 MANWIDTH=1000
            page=$(mktemp) && trap 'rm "$page"' EXIT
            cat >"$page" <<'END'
            \(manual(version: "1.2.3"))
            END
            groff -man -ww -Tutf8 -z "$page"
            man --warnings=w --local-file "$page"
            """
        let run = try Run("/bin/bash", ["-c", script], environment: ["PATH": "/usr/bin:/bin"])
        #expect(run.error == "")
        #expect(run.output.contains("-e, --env list\n"))
        for option in RunTable.all where !option.help.isEmpty {
            #expect(run.output.contains(option.help), "\(option.name)")
        }
    }
}
