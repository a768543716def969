// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RunOptions

@Suite("Wrapper options")
struct WrapperOptionsTests {
    @Test("without options, output is relayed and nothing else is done")
    func defaults() throws {
        let options = try WrapperOptions(parsing: ["run", "--rm", "alpine"])
        #expect(options.command == "run")
        #expect(options.rest == ["--rm", "alpine"])
        #expect(options.logs)
        #expect(options.readyCondition == .started && !options.passesEnvironment)
        #expect(options.placement == .auto)
        #expect(options.pidFile == nil)
    }

    @Test(
        "a flag takes one dash or two, and a value after a =",
        arguments: [
            (["-l=false"], false), (["--l=false"], false), (["-logs=f"], false), (["--logs=0"], false),
            (["-l"], true), (["--logs"], true), (["--logs=\"false\""], false), (["--logs=false", "-l"], true),
        ] as [([String], Bool)])
    func flags(words: [String], logs: Bool) throws {
        #expect(try WrapperOptions(parsing: words + ["run", "alpine"]).logs == logs)
    }

    @Test(
        "a value is the next word or follows a =",
        arguments: [
            ["-c", "memory", "-p", "/run/x.pid"], ["--cgroups", "memory", "--pid-file=/run/x.pid"],
            ["-cgroups=memory", "-pid-file", "/run/x.pid"], ["-c=memory", "-p='/run/x.pid'"],
        ])
    func values(words: [String]) throws {
        let options = try WrapperOptions(parsing: words + ["-e", "--notify", "run", "-e", "A"])
        #expect(options.cgroups == ["memory"])
        #expect(options.pidFile == "/run/x.pid")
        #expect(options.passesEnvironment && options.readyCondition == .notify)
        #expect(options.rest == ["-e", "A"])
    }

    @Test(
        "a time is seconds, or as docker writes it",
        arguments: [
            ([], .seconds(120)), (["0"], .zero), (["30"], .seconds(30)), (["30s"], .seconds(30)),
            (["1m30s"], .seconds(90)),
            (["500ms"], .milliseconds(500)), (["1.5s"], .milliseconds(1500)),
        ] as [([String], Duration)])
    func engineTimeout(value: [String], time: Duration) throws {
        let words = value.flatMap { ["--engine-timeout", $0] }
        #expect(try WrapperOptions(parsing: words + ["run", "a"]).engineTimeout == time)
    }

    @Test("a tarball, and how long a pull may make no progress")
    func images() throws {
        let options = try WrapperOptions(parsing: ["--load", "/srv/web.tar", "--pull-timeout=1m30s", "pull", "a"])
        #expect(options.tarball == "/srv/web.tar" && options.pullTimeout == .seconds(90) && options.command == "pull")
        let plain = try WrapperOptions(parsing: ["run", "a"])
        #expect(plain.tarball == nil && plain.pullTimeout == .seconds(60))
    }

    @Test("every placement has a name", arguments: WrapperOptions.Placement.allCases)
    func placements(placement: WrapperOptions.Placement) throws {
        #expect(try WrapperOptions(parsing: ["--placement=\(placement)", "run", "a"]).placement == placement)
    }

    @Test(
        "what makes it ready, by either name",
        arguments: [
            ([], .started), (["--notify"], .notify), (["--ready", "notify"], .notify), (["--ready=started"], .started),
            (["-n", "--ready=notify"], .notify), (["-n=false", "--ready=healthy"], .healthy),
        ] as [([String], WrapperOptions.ReadyCondition)])
    func ready(words: [String], condition: WrapperOptions.ReadyCondition) throws {
        #expect(try WrapperOptions(parsing: words + ["run", "a"]).readyCondition == condition)
    }

    @Test(
        "a HEALTHCHECK is needed by what depends on it",
        arguments: [
            ([], false), (["--ready=notify"], false), (["--ready=healthy"], true), (["--on-unhealthy=none"], false),
            (["--on-unhealthy=stop"], true), (["--on-unhealthy", "kill"], true),
        ] as [([String], Bool)])
    func healthcheck(words: [String], isNeeded: Bool) throws {
        #expect(try WrapperOptions(parsing: words + ["run", "a"]).needsHealthcheck == isNeeded)
    }

    @Test(
        "a reload command is split as a shell splits words",
        arguments: [
            ("nginx -s reload", ["nginx", "-s", "reload"]), ("  a\tb\n c ", ["a", "b", "c"]),
            (#"sh -c 'kill -HUP "$(cat /pid)"'"#, ["sh", "-c", #"kill -HUP "$(cat /pid)""#]),
            (#"a "b c" d\ e '' "" f"g"h"#, ["a", "b c", "d e", "", "", "fgh"]),
            (#"a "\"b\" \\ \n" '\'"#, ["a", #""b" \ \n"#, #"\"#]), ("grün 🙂", ["grün", "🙂"]),
        ] as [(String, [String])])
    func reloadCommand(text: String, words: [String]) throws {
        #expect(try WrapperOptions(parsing: ["--reload-command", text, "run", "a"]).reloadCommand == words)
    }

    @Test("help and the version need no command")
    func help() throws {
        #expect(try WrapperOptions(parsing: ["-h"]).showsHelp)
        #expect(try WrapperOptions(parsing: ["-help"]).showsHelp)
        #expect(try WrapperOptions(parsing: ["--version"]).showsVersion)
        #expect(WrapperOptions.help.contains("  -c, --cgroups list  "))
    }

    @Test(
        "the rest is refused",
        arguments: [
            ([], "no command: systemd-docker [OPTIONS] run [OPTIONS] IMAGE [COMMAND] [ARG...]"),
            (["-e"], "no command: systemd-docker [OPTIONS] run [OPTIONS] IMAGE [COMMAND] [ARG...]"),
            (
                ["start"],
                "unknown command \"start\": not one of run, pull, update, prune, setup, clean-up, completion, manual"
            ),
            (["--bad=1", "run"], "unknown option --bad"), (["-en", "run"], "unknown option -en"),
            (["--=x", "run"], "bad option syntax: --=x"), (["-c"], "--cgroups needs a value"),
            (["--notify", "--ready=healthy", "run", "a"], "--notify and --ready healthy contradict each other"),
            (["--ready=started", "-n", "run", "a"], "--notify and --ready started contradict each other"),
            (["--ready=now", "run"], "invalid value \"now\" for --ready: not one of started, notify, healthy"),
            (
                ["--on-unhealthy=restart", "run"],
                "invalid value \"restart\" for --on-unhealthy: not one of none, stop, kill"
            ),
            (["--reload-command", " ", "run"], "invalid value \" \" for --reload-command: no command"),
            (["--reload-command", "''", "run"], "invalid value \"''\" for --reload-command: no command"),
            (
                ["--reload-command", "a 'b", "run"],
                "invalid value \"a 'b\" for --reload-command: unclosed quote"
            ),
            (
                ["--reload-command", #"a\"#, "run"],
                #"invalid value "a\" for --reload-command: nothing after the last backslash"#
            ),
            (["--logs=no", "run"], "invalid value \"no\" for --logs: neither true nor false"),
            (
                ["--engine-timeout=soon", "run"],
                "invalid value \"soon\" for --engine-timeout: not a time such as 30s or 1m30s"
            ),
            (["--engine-timeout=-1s", "run"], "invalid value \"-1s\" for --engine-timeout: negative"),
            (
                ["--placement=x", "run"],
                "invalid value \"x\" for --placement: not one of auto, native, parent, migrate, none"
            ),
        ] as [([String], String)])
    func refused(words: [String], message: String) {
        let error = #expect(throws: UsageError.self) { try WrapperOptions(parsing: words) }
        #expect(error?.description == message)
    }
}
