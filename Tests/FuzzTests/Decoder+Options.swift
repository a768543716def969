// SPDX-License-Identifier: Apache-2.0

@testable import Commands
@testable import Linux
@testable import RunOptions
@testable import Runtime

extension Decoder {
    static let options = [
        Decoder("a command line", commandLines.map { $0.replacing(" ", with: "\n") }, cost: 5) { input in
            let words = words(input)
            _ = try? WrapperOptions(parsing: words)
            _ = try? PruneOptions(parsing: words)
            _ = try? UpdateOptions(parsing: words)
            _ = try? SetupOptions(parsing: words)
            _ = try? CleanUpOptions(parsing: words)
            _ = try? ImageWord.place(in: ["run"] + words)
            _ = try? AutoUpdate(commandLine: ["--auto-update", "run"] + words, environment: [:])
            guard let options = try? ContainerOptions(parsing: words, environment: [:], folder: "/") else { return }
            _ = Identity(options, notifies: false, updates: false, environment: [])
        },
        Decoder("the value of each option", values, cost: 100) { input in
            let text = text(input)
            var builder = CreateRequestBuilder.withoutSurroundings
            for option in RunTable.all { try? option.set(&builder, text) }
            try? builder.readFiles()
            _ = try? builder.build()
            for option in WrapperOptions.table {
                var wrapper = try WrapperOptions(parsing: ["--help"])
                try? option.set(&wrapper, text)
            }
            var prune = try PruneOptions(parsing: [])
            for option in PruneOptions.table { try? option.set(&prune, text) }
        },
        Decoder("numbers, sizes and times", values) { input in
            let text = text(input)
            _ = (try? ByteCount(option: text), try? MemorySwap(option: text), try? CPUCount(option: text))
            _ = (try? GoDuration(option: text), try? Timeout(option: text), try? Age(option: text))
            _ = (
                try? Int64(goSyntax: text), try? UInt16(goSyntax: text), Int(decimal: text), IPAddress(text)?.canonical
            )
            _ = (try? CommandWords(option: text), try? CSV.fields(of: text), Signal(named: text)?.description)
        },
        Decoder("images' names", ["127.0.0.1:5000/a/b:1@sha256:\(String(repeating: "5ca1ab1e", count: 8))", "nginx:1"])
        {
            let text = text($0)
            _ = (ImageReference(text), ImageReference.fault(in: text), cleanPath(text))
        },
        Decoder("runc's command line", ["--root\n/run\n--log=x\n--systemd-cgroup\ncreate\n--bundle\n/b\n5ca1ab1e"]) {
            _ = Invocation(words($0))
        },
    ]

    private static let commandLines = [
        "--ready notify run --rm --name web -p 8000-8010:80-90/tcp -e A=1 --memory 512m --cpus 1.5 nginx:1 sh -c x",
        "-v /a:/b:ro --mount type=bind,source=/a,target=/b --network name=a,ip=10.0.0.1 --ulimit nofile=1:2 a:1",
        "--health-interval 5s --health-retries 3 --stop-timeout 10 --stop-signal RTMIN+3 --device /dev/null:/d:rwm a",
        "--all-unused --older-than 30d --dry-run", "-itd --gpus all --tmpfs /a:size=1 --log-opt a=b a@b",
    ]

    private static let values = [
        "1", "-1", "512m", "1.5e3g", "1e-9999", "3/2", "1h2m3.5s", "30d12h", "8000-8010:80-90/udp", "[::1]:80:80/tcp",
        "::ffff:1.2.3.4",
        "fe80::1%eth0", "name=web,ip=10.0.0.1,gw-priority=5", "type=tmpfs,target=/a,tmpfs-size=1g,tmpfs-mode=1777",
        "nofile=1024:2048", "/dev/sda:1000", "/dev/sda:1mb", "c 1:3 rwm", "/dev/a:/dev/b:rw", "linux/arm64/v8",
        "driver=x,count=2,\"device=0,1\"", "seccomp=unconfined", "a=b", "/a:/b:ro", "sh -c 'a b' \"c\\\"\"", "RTMAX-3",
        "0x7f", "92:d0:c6:0a:29:33", "ctrl-p,ctrl-q", "system web.service",
    ]
}
