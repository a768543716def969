// SPDX-License-Identifier: Apache-2.0

import Cgroups
import Claims
import Glibc
import JSON
import Linux
import Support
import Testing

/// The program as it was built, with a runc that notes how it was called.
@Suite("Program")
struct ProgramTests {
    private static let id = String(repeating: "0123456789abcdef", count: 4)
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try Files.makeFolder(folder["bin"])
        try Files.makeFolder(folder["bundle"])
        for name in ["runc", "crun"] {
            try Files.replace(
                folder["bin/\(name)"],
                with: """
                    #!/bin/sh
                    exec 9>\(folder["note"])
                    for word in \(name) "$@"; do printf '%s\\n' "$word"; done >&9
                    echo "$LISTEN_FDS ${LISTEN_PID:+$((LISTEN_PID == $$))} $KEPT" >&9
                    for number in 0 1 2 3 4 5 6 7; do
                        [ -e /proc/$$/fd/$number ] && echo $number "$(readlink /proc/$$/fd/$number)" >&9
                    done
                    while read -r line; do
                        case $line in SigBlk*|SigIgn*) echo "$line" ;; esac
                    done </proc/$$/status >&9
                    echo to stdout
                    echo to stderr >&2
                    exit 3
                    """, mode: 0o755)
        }
        try Files.replace(folder["bundle/config.json"], with: Self.order)
    }

    private static let order = #"{"linux":{"cgroupsPath":"system.slice:docker:x"},"process":{"env":[]}}"#

    private struct End {
        var status: Linux.ExitStatus
        var output: String
        var error: String
        /// What runc has noted, line by line.
        var note: [String]
    }

    private func run(_ words: [String], claim: Claim? = nil, path: String? = nil) throws -> End {
        let paths = ["output", "error"].map { folder[$0] }
        var files: [Int32] = [try system("open", on: "/dev/null") { open("/dev/null", O_RDONLY | O_CLOEXEC) }]
        defer { for file in files { close(file) } }
        for path in paths {
            files.append(try system("open", on: path) { open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600) })
        }
        let child = try Child(
            Self.path, words,
            environment: [
                "PATH=\(path ?? "/nowhere:\(folder["bin"]):/usr/bin:/bin")", "XDG_RUNTIME_DIR=\(folder.path)",
                "KEPT=kept",
            ],
            descriptors: files)
        let process = try Linux.Process(child.id)
        if let claim { Self.serve(claim, until: process) }
        let status = try child.reap()
        return End(
            status: status, output: try Files.text(paths[0]), error: try Files.text(paths[1]),
            note: ((try? Files.text(folder["note"])) ?? "").split(separator: "\n").map(String.init))
    }

    /// The program that was built beside the tests.
    private static let path: String = {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = max(0, readlink("/proc/self/exe", &buffer, buffer.count))
        let own = String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
        return own.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/systemd-docker-runtime"
    }()

    private static func serve(_ claim: Claim, until process: borrowing Linux.Process) {
        let end = process.descriptor.rawValue
        while true {
            var ready = [claim.descriptor.rawValue, end].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            poll(&ready, 2, -1)
            if ready[1].revents != 0 { return }
            claim.serve()
        }
    }

    private var address: Address { .user(runtimeDirectory: folder.path) }

    private func create(_ id: String = id) -> [String] {
        [
            "--root", "/r", "--log", folder["log"], "--log-format", "json", "--systemd-cgroup", "create", "--bundle",
            folder["bundle"], "--pid-file", "/p", id,
        ]
    }

    @Test(
        "a call that is not about a claimed container is runc's, word by word",
        arguments: [
            ["--root", "/r", "--systemd-cgroup", "state", id], ["features"], ["--version"], [],
            ["--root", "/r", "exec", "--process", "/a b", "--detach", "", id], ["--new", "create", "short"],
        ])
    func handsOn(words: [String]) throws {
        let end = try run(words)
        #expect(end.status == .exited(3))
        #expect(end.output == "to stdout\n")
        #expect(end.error == "to stderr\n")
        #expect(
            Array(end.note.prefix(words.filter { !$0.isEmpty }.count + 1)) == ["runc"] + words.filter { !$0.isEmpty })
        #expect(end.note.contains("  kept"))
        let direct = try Child(folder["bin/runc"], words, environment: ["PATH=/usr/bin:/bin"])
        _ = try direct.reap()
        let note = try Files.text(folder["note"]).split(separator: "\n")
        #expect(end.note.suffix(2).map { $0 } == note.suffix(2).map(String.init))
    }

    @Test("a container that is not claimed stays where Docker wants it", arguments: [id, "short", "../../\(id)"])
    func unclaimed(id: String) throws {
        let end = try run(create(id))
        #expect(end.status == .exited(3))
        #expect(Array(end.note.prefix(14)) == ["runc"] + create(id))
        #expect(try Files.text(folder["bundle/config.json"]) == Self.order)
    }

    @Test("a claimed container is ordered into its supervisor's unit, with what it is given")
    func claimed() throws {
        var pipes: [Int32] = []
        for _ in 0..<2 {
            var pipe = [Int32](repeating: -1, count: 2)
            try system("pipe", on: "new pipe") { Glibc.pipe(&pipe) }
            pipes += pipe
        }
        defer { for number in pipes { close(number) } }
        for number in pipes {
            _ = fcntl(number, F_SETFD, FD_CLOEXEC)
            _ = fcntl(number, F_SETFL, O_NONBLOCK)
        }
        let offer = Offer(
            sockets: [2, 0].map { Offer.Socket(name: "pipe\($0)", descriptor: pipes[$0]) },
            output: Offer.Output(stdout: pipes[1], stderr: pipes[3]))
        let claim = try Claim(of: Self.id, at: address, offering: offer)
        let end = try run(create(), claim: claim)
        #expect(end.status == .exited(3))
        #expect(end.output == "")
        #expect(end.error == "")
        #expect(try readBytes(from: pipes[0], upTo: 100) == Array("to stdout\n".utf8))
        #expect(try readBytes(from: pipes[2], upTo: 100) == Array("to stderr\n".utf8))
        #expect(Array(end.note.prefix(13)) == ["runc"] + create().filter { $0 != "--systemd-cgroup" })
        #expect(end.note[13] == "2 1 kept")
        let links = try pipes.map { number in
            var buffer = [CChar](repeating: 0, count: 100)
            let count = try system("readlink", on: "descriptor") { readlink("/proc/self/fd/\(number)", &buffer, 100) }
            return String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        #expect(
            Array(end.note[14..<19])
                == ["0 /dev/null", "1 \(links[1])", "2 \(links[3])", "3 \(links[2])", "4 \(links[0])"])
        // Of ours nothing else is open; 9 and what the shell reads its script from are the shell's own.
        #expect(end.note[19].hasPrefix("Sig"))
        let order = try Document(Files.read(folder["bundle/config.json"]))
        let place = try UnitGroup.cgroupsPath(ofContainer: Self.id, of: getpid())
        #expect(try order.value(at: "linux", "cgroupsPath") == place)
        #expect(try order.value(at: "process", "env") == ["LISTEN_FDNAMES=pipe2:pipe0"])
        #expect(!Files.exists(folder["log"]))
    }

    @Test("a claimed container that is given nothing keeps Docker's pipes")
    func claimedOnly() throws {
        let claim = try Claim(of: Self.id, at: address)
        let end = try run(create(), claim: claim)
        #expect(end.output == "to stdout\n")
        #expect(end.note[13] == "  kept")
        #expect(try Document(Files.read(folder["bundle/config.json"])).value(at: "process", "env") == [String]())
    }

    @Test("a container that goes with its supervisor is refused where that is dead", arguments: ["create", "start"])
    func unclaimed(command: String) throws {
        let order = #"{"annotations":{"io.systemd-docker.claim":"required"},"linux":{}}"#
        let words = create().map { $0 == "create" ? command : $0 }
        try Files.replace(folder["bundle/config.json"], with: order)
        let end = try run(words)
        #expect(end.status == .exited(1))
        #expect(end.error.contains("its systemd-docker has ended"))
        #expect(end.note.isEmpty)
        #expect(try Files.text(folder["log"]).contains("has ended"))
        let claim = try Claim(of: Self.id, at: address)
        #expect(try run(words, claim: claim).status == .exited(3))
        claim.close()
        // Any other is started as ever: by hand, after its unit has ended.
        try Files.replace(folder["bundle/config.json"], with: Self.order)
        #expect(try run(words).status == .exited(3))
    }

    @Test("the runtime that the annotation names takes runc's place, in every call")
    func annotation() throws {
        let order = #"{"annotations":{"io.systemd-docker.runtime":"crun\n--one two"},"linux":{}}"#
        try Files.replace(folder["bundle/config.json"], with: order)
        #expect(Array(try run(create()).note.prefix(15)) == ["crun", "--one two"] + create())
        let claim = try Claim(of: Self.id, at: address)
        let claimed = try run(create(), claim: claim)
        #expect(Array(claimed.note.prefix(14)) == ["crun", "--one two"] + create().filter { $0 != "--systemd-cgroup" })
    }

    @Test("a claim that is not answered stops the container, and Docker is told why")
    func noAnswer() throws {
        try Files.makeFolder(folder["systemd-docker"])
        try Files.makeFolder(folder["systemd-docker/claims"])
        let listener = try Descriptor.listening(at: .path(folder["systemd-docker/claims/\(Self.id)"]))
        let number = listener.rawValue
        // It closes each connection.
        let thread = try PosixThread {
            var ready = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
            poll(&ready, 1, -1)
            close(accept(number, nil, nil))
        }
        let end = try run(create())
        thread.join()
        #expect(end.status == .exited(1))
        let sentence =
            "systemd-docker-runtime: cannot ask process \(getpid()), the supervisor of container 0123456789ab: it closed the connection"
        #expect(end.error == sentence + "\n")
        #expect(end.note == [])
        let line = try Document(Files.read(folder["log"]))
        #expect(try line.value(at: "level") == "error")
        #expect(try line.value(at: "msg") == sentence)
        #expect(try line.value(String.self, at: "time")?.utf8.count == "2006-01-02T15:04:05Z".utf8.count)
    }

    @Test("at an abstract address a process in another PID namespace is neither believed nor answered")
    func otherNamespace() throws {
        let id = String(Self.id.reversed())
        let claim = try Claim(of: id, at: .abstract)
        let words = ["--pid", "--fork", "--mount-proc", Self.path] + create(id)
        let child = try Child(
            "/usr/bin/unshare", words, environment: ["PATH=\(folder["bin"]):/usr/bin:/bin"],
            descriptors: [0, 2, 2])
        let process = try Linux.Process(child.id)
        Self.serve(claim, until: process)
        #expect(try child.reap() == .exited(3))
        #expect(try Files.text(folder["bundle/config.json"]) == Self.order)
    }

    @Test("without a runtime the call fails with what was looked for")
    func noRuntime() throws {
        let end = try run(["state", Self.id], path: "/nowhere")
        #expect(end.status == .exited(1))
        #expect(end.error == "systemd-docker-runtime: cannot execute runc: not found in PATH=/nowhere\n")
    }

    @Test("a runc that nobody may execute is passed over, and one that is a folder, as execvp(3) does")
    func notExecutable() throws {
        for name in ["file", "folder", "folder/runc"] { try Files.makeFolder(folder[name]) }
        try Files.replace(folder["file/runc"], with: "#!/bin/sh\n", mode: 0o644)
        let path = "\(folder["file"]):\(folder["folder"]):\(folder["bin"]):/usr/bin:/bin"
        #expect(try run(["state", Self.id], path: path).note.first == "runc")
    }

    @Test("a link to ourselves in the place of runc is passed over")
    func ourselves() throws {
        try system("symlink", on: "runc") { symlink(Self.path, folder["runc"]) }
        let end = try run(["state", Self.id], path: "\(folder.path):\(folder["bin"]):/usr/bin:/bin")
        #expect(end.status == .exited(3))
    }

    @Test("a log that cannot be written is no reason for another error")
    func noLog() throws {
        let words = ["--log", "/nowhere/log", "state", Self.id]
        let end = try run(words, path: "/nowhere")
        #expect(end.error == "systemd-docker-runtime: cannot execute runc: not found in PATH=/nowhere\n")
    }

    @Test("an error is a line of runc's text log, too")
    func textLog() throws {
        let end = try run(["--log", folder["log"], "state", Self.id], path: "/nowhere")
        #expect(end.status == .exited(1))
        #expect(try Files.text(folder["log"]).hasSuffix(" level=error msg=\"\(end.error.dropLast())\"\n"))
    }
}
