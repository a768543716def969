// SPDX-License-Identifier: Apache-2.0

/// The script with which a shell completes our command lines: `source <(systemd-docker completion bash)`.
///
/// - Parameter words: The words after `completion`: the shell.
/// - Returns: A script for bash.
/// - Throws: ``UsageError`` for any other shell.
public func completion(for words: [String]) throws(UsageError) -> String {
    guard words == ["bash"] else { throw UsageError("completion is only available for bash: completion bash") }
    let own = OptionNames(WrapperOptions.table)
    let run = OptionNames(RunTable.all)
    let update = OptionNames(UpdateOptions.table)
    let prune = OptionNames(PruneOptions.table)
    // bash splits words at = too.
    return """
        # bash completion for systemd-docker

        # Of files alone a folder gets a slash: `run` may be the name of one.
        _systemd_docker_files() {
            compopt -o filenames
            mapfile -t COMPREPLY < <(compgen -f -- "$word")
        }

        _systemd_docker() {
            local word=${COMP_WORDS[COMP_CWORD]} previous='' where=own index known
            local own_flags='\(own.flags)'
            local own_values='\(own.values)'
            local run_flags='\(run.flags)'
            local run_values='\(run.values)'
            local files='\(filesOptions)'
            COMPREPLY=()
            for ((index = 1; index < COMP_CWORD; index++)); do
                known=${COMP_WORDS[index]}
                if [[ $known == = ]]; then
                    ((index + 1 < COMP_CWORD)) && { previous=''; ((index++)); }
                    continue
                fi
                if [[ -n $previous ]]; then
                    previous=''
                elif [[ $known == -* && $where == own && " $own_values " == *" $known "* ]]; then
                    previous=$known
                elif [[ $known == -* && $where == @(run|pull) && " $run_values " == *" $known "* ]]; then
                    previous=$known
                elif [[ $known != -* && $where == own ]]; then
                    where=$known
                elif [[ $known != -* && $where == @(run|pull) ]]; then
                    where=command
                fi
            done
            [[ $word == = ]] && word=''
            if [[ -n $previous ]]; then
                [[ " $files " != *" $previous "* ]] || _systemd_docker_files
                return
            fi
            case $where in
                own) known="\(WrapperOptions.commands.joined(separator: " ")) $own_flags $own_values" ;;
                run | pull) known="$run_flags $run_values" ;;
                update) known='\(update.flags)' ;;
                prune) known='\(prune.flags) \(prune.values)' ;;
                setup) known="\(OptionNames(SetupOptions.table).flags)" ;;
                completion) known=bash ;;
                *) _systemd_docker_files; return ;;
            esac
            mapfile -t COMPREPLY < <(compgen -W "$known" -- "$word")
        }
        complete -F _systemd_docker systemd-docker

        """
}

/// Options whose value is a file of the host.
private let filesOptions = "--cidfile --env-file --label-file --load --pid-file -p -v --volume"

/// The names of a table's options, with their dashes.
private struct OptionNames {
    let flags: String
    let values: String

    init<Settings>(_ table: [Option<Settings>]) {
        func words(_ options: [Option<Settings>]) -> String {
            options.filter { !$0.help.isEmpty }
                .flatMap { option in option.names.map { "--\($0)" } + (option.short.map { ["-\($0)"] } ?? []) }
                .joined(separator: " ")
        }
        flags = words(table.filter { $0.kind == nil })
        values = words(table.filter { $0.kind != nil })
    }
}
