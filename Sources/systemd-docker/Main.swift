// SPDX-License-Identifier: Apache-2.0

internal import Commands
internal import Linux

@main
enum Main {
    static func main() {
        Program.run(Array(CommandLine.arguments.dropFirst())).end()
    }
}
