// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Runtime

@main
enum Main {
    static func main() {
        exit(Program.run(CommandLine.unsafeArgv))
    }
}
