// SPDX-License-Identifier: Apache-2.0

internal import Engine
internal import Glibc
internal import JSON
internal import RunOptions

/// What a long command line costs: `swift run --configuration release Benchmarks`.
@main
enum Benchmarks {
    static func main() throws {
        let first = try microseconds(parseAndEncode)
        var all: [Double] = []
        for _ in 0..<1000 { all.append(try microseconds(parseAndEncode)) }
        all.sort()
        // The first is what the program pays: it parses once.
        print(
            """
            \(options.count) options, parsed and encoded: \(Int(first)) µs of CPU the first time, \
            then \(Int(all[500])) µs (median of 1000)
            """)
    }

    private static func parseAndEncode() throws {
        let words = options.flatMap { $0.split(separator: " ").map(String.init) } + ["nginx:1.25", "nginx", "-g"]
        let options = try ContainerOptions(parsing: words, environment: ["HOME": "/nonexistent"])
        _ = JSON.encode(options.creation(for: .newest).request)
    }

    private static func microseconds(_ body: () throws -> Void) rethrows -> Double {
        let start = processTime()
        try body()
        return processTime() - start
    }

    private static func processTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
    }

    private static let options = [
        "--rm", "-i", "--name web", "--hostname web.example", "--domainname example", "-u 1000:1000", "-w /srv",
        "-e A=1", "-e B=2", "-e C=3", "-e D=4", "-e HOME", "-l a=b", "-l c=d", "--label e", "--annotation a=b",
        "-p 80:80", "-p 443:443", "-p 127.0.0.1:8000-8010:8000-8010/udp", "--expose 9000", "-v /srv:/srv:ro",
        "-v data:/data", "-v /anonymous", "--mount type=bind,source=/a,target=/b,readonly,bind-propagation=rslave",
        "--mount type=tmpfs,dst=/t,tmpfs-size=1m", "--tmpfs /run:size=1m", "--volumes-from other", "--shm-size 64m",
        "--network name=front,ip=10.0.0.9", "--network back", "--network-alias b", "--link db:d",
        "--dns 1.1.1.1", "--dns-search example.org", "--dns-option ndots:1", "--add-host a:1.2.3.4", "-m 512m",
        "--memory-reservation 256m", "--memory-swap 1g", "--memory-swappiness 10", "--cpus 1.5", "-c 512",
        "--cpuset-cpus 0-1", "--pids-limit 100", "--ulimit nofile=1024:2048", "--ulimit core=0", "--oom-score-adj 10",
        "--blkio-weight 100", "--device /dev/null", "--cap-add NET_ADMIN", "--cap-drop ALL",
        "--security-opt no-new-privileges", "--sysctl net.core.somaxconn=1024", "--read-only", "--init",
        "--stop-signal SIGQUIT", "--stop-timeout 20", "--log-driver journald", "--health-cmd true",
        "--health-interval 30s",
    ]
}
