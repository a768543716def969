// SPDX-License-Identifier: Apache-2.0

import Engine
import Testing

@testable import RunOptions

@Suite("Option parser")
struct OptionParserTests {
    @Test(
        "options end at the first other word, or after --",
        arguments: [
            (["--rm", "alpine", "-e", "--rm", "--"], "alpine", ["-e", "--rm", "--"]),
            (["--", "alpine", "--", "x"], "alpine", ["--", "x"]),
            (["--rm", "false"], "false", nil),
            (["alpine", ""], "alpine", [""]),
        ] as [([String], String, [String]?)])
    func end(words: [String], image: String, command: [String]?) throws {
        let options = try ContainerOptions(parsing: words, environment: noConfiguration)
        #expect(options.image == image)
        #expect(options.request.command == command)
    }

    @Test(
        "short options stand alone, in groups, and with their value attached",
        arguments: [
            (["-itd"], true, true, []),
            (["-itdeA=1"], true, true, ["A=1"]),
            (["-it=false"], true, false, []),
            (["-i=f", "-t"], false, true, []),
            (["-e=A=b"], false, false, ["A=b"]),
            (["-eA"], false, false, ["A"]),
            (["-e", "-x"], false, false, ["-x"]),
            (["--env=A=1", "--env", "B=2"], false, false, ["A=1", "B=2"]),
        ] as [([String], Bool, Bool, [String])])
    func groups(words: [String], interactive: Bool, terminal: Bool, environment: [String]) throws {
        let options = try ContainerOptions(parsing: words + ["alpine"], environment: noConfiguration)
        #expect(options.request.opensStandardInput == interactive)
        #expect(options.request.hasTerminal == terminal)
        #expect(options.request.environment ?? [] == environment)
    }

    @Test("-help is a hostname, as in docker, and a value may begin with a dash")
    func hostname() throws {
        #expect(try ContainerOptions(parsing: ["-help", "a"], environment: noConfiguration).request.hostname == "elp")
        #expect(
            try ContainerOptions(parsing: ["--hostname", "-h", "a"], environment: noConfiguration).request.hostname
                == "-h")
    }

    @Test("--help needs no image, and reads no file")
    func help() throws {
        let words = ["--env-file", "/nonexistent", "--help"]
        #expect(try ContainerOptions(parsing: words, environment: noConfiguration).showsHelp)
        #expect(try ContainerOptions(parsing: ["--rm", "--help"], environment: noConfiguration).showsHelp)
        #expect(try !ContainerOptions(parsing: ["--help=false", "a"], environment: noConfiguration).showsHelp)
    }

    @Test(
        "an unknown option is refused by its name",
        arguments: [
            (["--bad", "a"], "unknown option --bad"),
            (["--RM", "a"], "unknown option --RM"),
            (["--hostnam", "x", "a"], "unknown option --hostnam"),
            (["-z", "a"], "unknown option -z"),
            (["-iz", "a"], "unknown option -z in -iz"),
            (["-i=", "a"], "unknown option -= in -i="),
            (["-rm", "a"], "unknown option -r in -rm"),
            (["--=x", "a"], "bad option syntax: --=x"),
            (["---x", "a"], "bad option syntax: ---x"),
            (["--memory"], "--memory needs a value"),
            (["-ie"], "--env needs a value"),
            (["--rm=yes", "a"], "invalid value \"yes\" for --rm: neither true nor false"),
            (["--rm=", "a"], "invalid value \"\" for --rm: neither true nor false"),
            ([], "no image: run [OPTIONS] IMAGE [COMMAND] [ARG...]"),
            (["--rm", "--"], "no image: run [OPTIONS] IMAGE [COMMAND] [ARG...]"),
            (["-"], "invalid image \"-\": \"-\" is not a path of an image"),
            (["Web"], "invalid image \"Web\": the path must be lower-case"),
        ] as [([String], String)])
    func refused(words: [String], message: String) {
        let error = #expect(throws: UsageError.self) {
            try ContainerOptions(parsing: words, environment: noConfiguration)
        }
        #expect(error?.description == message)
    }

    @Test("each name belongs to one row, and each row has a line of help or is for Windows")
    func table() {
        let names = RunTable.all.flatMap(\.names)
        #expect(Set(names).count == names.count)
        let letters = RunTable.all.compactMap(\.short)
        #expect(Set(letters).count == letters.count)
        let hidden = RunTable.all.filter(\.help.isEmpty).map(\.names[0])
        #expect(hidden == ["cpu-count", "cpu-percent", "io-maxbandwidth", "io-maxiops"])
        #expect(names.allSatisfy { $0 == $0.lowercased() && !$0.hasPrefix("-") })
    }

    @Test("the help has a line for every row, in two columns")
    func helpText() {
        let lines = ContainerOptions.help.split(separator: "\n")
        #expect(lines.count == RunTable.all.count { !$0.help.isEmpty })
        #expect(lines.contains { $0.hasPrefix("  -e, --env list  ") && $0.hasSuffix("  Set environment variables") })
        #expect(lines.contains { $0.hasPrefix("      --rm  ") })
        #expect(Set(lines.map { $0.prefix(4).contains("-") }) == [true, false])
    }
}
