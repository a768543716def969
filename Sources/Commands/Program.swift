// SPDX-License-Identifier: Apache-2.0

internal import Console
internal import Glibc
internal import Images
public import Linux
internal import RunOptions
internal import Systemd

/// The program: command line in, exit status out.
public enum Program {
    static let version = "0.1.0"

    /// Runs a command line, without the program's own name, and returns how the process has to end.
    public static func run(_ arguments: [String]) -> ExitStatus {
        let environment = currentEnvironment()
        let diagnostics = Diagnostics(environment: environment)
        do throws(UsageError) {
            let wrapper = try WrapperOptions(parsing: arguments)
            if wrapper.showsHelp { return print(toStandardOutput: help) }
            if wrapper.showsVersion { return print(toStandardOutput: "systemd-docker \(version)\n") }
            switch wrapper.command {
            case "completion": return print(toStandardOutput: try completion(for: wrapper.rest))
            case "manual": return print(toStandardOutput: manual(version: version))
            case "pull": return try pull(wrapper, environment: environment, diagnostics)
            case "update": return try update(wrapper, environment: environment, diagnostics)
            case "setup": return try setup(wrapper.rest, environment: environment, diagnostics)
            case "clean-up": return try cleanUp(wrapper.rest, environment: environment, diagnostics)
            case "prune": return try prune(wrapper, environment: environment, diagnostics)
            default: return try run(wrapper, environment: environment, diagnostics)
            }
        } catch {
            return usage(error, diagnostics)
        }
    }

    private static func run(
        _ wrapper: WrapperOptions, environment: [String: String], _ diagnostics: Diagnostics
    ) throws(UsageError) -> ExitStatus {
        var options = try ContainerOptions(parsing: wrapper.rest, environment: environment)
        if options.showsHelp { return print(toStandardOutput: runHelp) }
        if wrapper.needsHealthcheck, options.hasNoHealthcheck {
            throw UsageError("--no-healthcheck contradicts --ready healthy and --on-unhealthy")
        }
        for warning in options.warnings { diagnostics.warning(warning) }
        if let unit = Unit.ofThisProcess() {
            if wrapper.updates { try UpdateLabel.check(wrapper, options, environment: environment) }
            // A cron job, or a shell that was started by hand, is not what the unit is there for.
            if Unit.isCommand(environment: environment) { try options.nameAfter(unit: unit.name) }
        }
        // The journal and a dead terminal must not kill us: a write that fails says so itself.
        signal(SIGPIPE, SIG_IGN)
        EventLoop.blockSignals(SignalRelay.signals)
        let ready = options
        return loop(diagnostics) {
            do {
                return await (try Run(wrapper, ready, environment: environment, diagnostics: diagnostics)).run()
            } catch {
                diagnostics.error("set up the event loop: \(error)")
                return .exited(CommandError.Code.engine.rawValue)
            }
        }
    }

    private static func pull(
        _ wrapper: WrapperOptions, environment: [String: String], _ diagnostics: Diagnostics
    ) throws(UsageError) -> ExitStatus {
        // Whoever asks for a pull wants one, though `run` would do without.
        let options = try ContainerOptions(parsing: wrapper.rest, environment: environment, pull: .always)
        if options.showsHelp { return print(toStandardOutput: runHelp) }
        for warning in options.warnings { diagnostics.warning(warning) }
        signal(SIGPIPE, SIG_IGN)
        EventLoop.blockSignals(Pull.signals)
        return loop(diagnostics) {
            await Pull(wrapper, options, environment: environment, diagnostics: diagnostics)()
        }
    }

    private static func setup(
        _ words: [String], environment: [String: String], _ diagnostics: Diagnostics
    ) throws(UsageError) -> ExitStatus {
        let options = try SetupOptions(parsing: words)
        if options.showsHelp { return print(toStandardOutput: setupHelp) }
        return loop(diagnostics) {
            do {
                let program = try Files.resolve("/proc/self/exe")
                let report = try await Setup(options, environment: environment, program: program)()
                let printed = print(toStandardOutput: report.lines.map { $0 + "\n" }.joined())
                return report.isGood ? printed : .exited(1)
            } catch {
                diagnostics.error("\(error)")
                return .exited(CommandError.Code.engine.rawValue)
            }
        }
    }

    private static func update(
        _ wrapper: WrapperOptions, environment: [String: String], _ diagnostics: Diagnostics
    ) throws(UsageError) -> ExitStatus {
        let options = try UpdateOptions(parsing: wrapper.rest)
        if options.showsHelp { return print(toStandardOutput: updateHelp) }
        signal(SIGPIPE, SIG_IGN)
        EventLoop.blockSignals(Update.signals)
        return loop(diagnostics) {
            await Update(wrapper, options, environment: environment, diagnostics: diagnostics)()
        }
    }

    private static func cleanUp(
        _ words: [String], environment: [String: String], _ diagnostics: Diagnostics
    ) throws(UsageError) -> ExitStatus {
        let options = try CleanUpOptions(parsing: words)
        if options.showsHelp { return print(toStandardOutput: cleanUpHelp) }
        signal(SIGPIPE, SIG_IGN)
        return loop(diagnostics) {
            await CleanUp(options, environment: environment, diagnostics: diagnostics)()
        }
    }

    private static func prune(
        _ wrapper: WrapperOptions, environment: [String: String], _ diagnostics: Diagnostics
    ) throws(UsageError) -> ExitStatus {
        let options = try PruneOptions(parsing: wrapper.rest)
        if options.showsHelp { return print(toStandardOutput: pruneHelp) }
        signal(SIGPIPE, SIG_IGN)
        return loop(diagnostics) {
            await Prune(wrapper, options, environment: environment, diagnostics: diagnostics)()
        }
    }

    /// How long the journal may take to read the last lines.
    private static let lastWords = Duration.seconds(5)

    private static func loop(
        _ diagnostics: Diagnostics, _ command: @escaping @LoopActor () async -> ExitStatus
    ) -> ExitStatus {
        let outcome = Outcome()
        EventLoop.shared.task {
            outcome.status = await command()
            await Console.shared.finish(within: Self.lastWords)
            EventLoop.shared.stop()
        }
        do throws(SystemError) {
            try EventLoop.shared.run()
        } catch {
            diagnostics.error("run the event loop: \(error)")
            return .exited(CommandError.Code.engine.rawValue)
        }
        return LoopActor.assumeOnLoop { outcome.status }
    }

    @LoopActor
    private final class Outcome {
        nonisolated init() {}
        var status = ExitStatus.exited(CommandError.Code.engine.rawValue)
    }

    private static func usage(_ error: UsageError, _ diagnostics: Diagnostics) -> ExitStatus {
        diagnostics.error("\(error) (see systemd-docker --help)")
        return .exited(CommandError.Code.usage.rawValue)
    }

    private static let help = """
        Usage: systemd-docker [OPTIONS] run [DOCKER RUN OPTIONS] IMAGE [COMMAND] [ARG...]

        Runs a Docker container as the service that a unit's ExecStart= starts.

        Options:
        \(WrapperOptions.help)
        systemd-docker run --help lists the options of run, which are those of docker run.

        Other commands:
          pull [DOCKER RUN OPTIONS] IMAGE
                                  Pull the image as run would, and run nothing
          update [OPTIONS]        Restart units on newer images, or go back to the old ones (update --help)
          clean-up [CONTAINER]    End what a run has left that was killed; for ExecStopPost= (clean-up --help)
          setup                   Have Docker know our runtime, which makes containers in units (setup --help)
          prune [OPTIONS]         Remove images that nothing uses (prune --help)
          manual                  Print the manual page, for man -l -
          completion bash         Print the completion script for bash

        """

    private static let setupHelp = """
        Usage: systemd-docker setup [--check|--undo]

        Registers systemd-docker-runtime in Docker's configuration and has the daemon reload it. Then --placement native
        works: Docker makes the containers of units in the units. It takes root; no container is disturbed.

        Options:
        \(SetupOptions.help)
        """

    private static let cleanUpHelp = """
        Usage: systemd-docker clean-up [CONTAINER]

        Ends what a run of this unit has left behind that was killed: a container that was not up yet is removed, one
        that runs is stopped. A container that a living process supervises, or that no run of ours has made, is left
        alone. Without CONTAINER it is the one that is named after the unit. For ExecStopPost=, where SIGKILL may go to
        the whole unit while it starts. Exit status: 0 when nothing is left, 125 when Docker cannot be reached.

        """

    private static let runHelp = """
        Usage: systemd-docker [OPTIONS] run [DOCKER RUN OPTIONS] IMAGE [COMMAND] [ARG...]

        Options of run, as docker run has them:
        \(ContainerOptions.help)
        """

    private static let updateHelp = """
        Usage: systemd-docker update [OPTIONS]

        Pulls the images of the running units that have --auto-update, and restarts those whose image is another one
        then. A unit that does not come up, or is unhealthy, goes back to the old image. Exit status: 0 when all of
        them run the newest image, 1 when one does not, 125 when Docker cannot be reached.

        Options of update:
        \(UpdateOptions.help)
        """

    private static let pruneHelp = """
        Usage: systemd-docker prune [OPTIONS]

        Removes images without a name that no container uses and no unit file names. Exit status: 0 when all of them
        are gone, 1 when one is not, 125 when Docker cannot be reached.

        Options of prune:
        \(PruneOptions.help)
        """

    private static func currentEnvironment() -> [String: String] {
        var variables: [String: String] = [:]
        for entry in environmentEntries() {
            guard let equals = entry.firstIndex(of: "=") else { continue }
            variables[String(entry[..<equals])] = String(entry[entry.index(after: equals)...])
        }
        return variables
    }
}
