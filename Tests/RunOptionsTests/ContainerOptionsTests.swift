// SPDX-License-Identifier: Apache-2.0

import Engine
import JSON
import Testing

@testable import RunOptions

/// The environment of a user without config.json.
let noConfiguration = ["HOME": "/nonexistent"]

@Suite("Container options")
struct ContainerOptionsTests {
    private let environment = ["HOME": "/root", "EMPTY": ""]

    private func request(_ words: [String]) throws -> CreateRequest {
        try ContainerOptions(parsing: words + ["alpine"], environment: environment, folder: "/unit").request
    }

    @Test("without options, the body is what the docker client sends")
    func defaults() throws {
        let text = String(decoding: JSON.encode(try request([])), as: UTF8.self)
        #expect(
            text == """
                {"AttachStderr":true,"AttachStdin":false,"AttachStdout":true,"Domainname":"","HostConfig":{\
                "AutoRemove":false,"BlkioDeviceReadBps":[],"BlkioDeviceReadIOps":[],"BlkioDeviceWriteBps":[],\
                "BlkioDeviceWriteIOps":[],"BlkioWeight":0,"BlkioWeightDevice":[],"CgroupParent":"","CgroupnsMode":"",\
                "ConsoleSize":[0,0],"CpuPeriod":0,"CpuQuota":0,"CpuRealtimePeriod":0,"CpuRealtimeRuntime":0,\
                "CpuShares":0,"CpusetCpus":"","CpusetMems":"","Devices":[],"Dns":[],"DnsOptions":[],"DnsSearch":[],\
                "IpcMode":"","Isolation":"","LogConfig":{"Config":{},"Type":""},"Memory":0,"MemoryReservation":0,\
                "MemorySwap":0,"MemorySwappiness":-1,"NanoCpus":0,"NetworkMode":"default","OomKillDisable":false,\
                "OomScoreAdj":0,"PidMode":"","PidsLimit":0,"PortBindings":{},"Privileged":false,\
                "PublishAllPorts":false,"ReadonlyRootfs":false,"RestartPolicy":{"MaximumRetryCount":0,"Name":"no"},\
                "ShmSize":0,"UTSMode":"","Ulimits":[],"UsernsMode":"","VolumeDriver":""},"Hostname":"",\
                "Image":"alpine","Labels":{},"NetworkingConfig":{"EndpointsConfig":{"default":{"GwPriority":0,\
                "MacAddress":""}}},"OpenStdin":false,"StdinOnce":false,"Tty":false,"User":"","Volumes":{},\
                "WorkingDir":""}
                """)
    }

    @Test("the unit file of old: -it --rm --name, a port and a command")
    func oldUnit() throws {
        let options = try ContainerOptions(
            parsing: ["-it", "--rm", "--name", "nginx.service", "-p", "443:443", "mycontainer", "sh", "-c", "x"],
            environment: noConfiguration)
        #expect(options.name == "nginx.service")
        #expect(options.removesOnExit)
        #expect(options.request.opensStandardInput && options.request.hasTerminal)
        #expect(options.request.command == ["sh", "-c", "x"])
        #expect(
            options.request.hostConfig.portBindings == [
                "443/tcp": [CreateRequest.PortBinding(hostIP: "", hostPort: "443")]
            ])
    }

    @Test(
        "each stream is attached as docker says",
        arguments: [
            ([], [false, true, true, false]), (["-i"], [true, true, true, true]),
            (["-d"], [false, false, false, false]),
            (["-di"], [false, false, false, false]), (["-a", "stdin"], [true, false, false, false]),
            (["-a", "STDOUT", "-i"], [true, true, false, true]),
        ] as [([String], [Bool])])
    func streams(words: [String], attached: [Bool]) throws {
        let request = try request(words)
        #expect(
            attached == [
                request.attachesStandardInput, request.attachesStandardOutput, request.attachesStandardError,
                request.closesStandardInputOnce,
            ])
        #expect(request.opensStandardInput == words.contains { $0.hasSuffix("i") })
    }

    @Test(
        "of one name the last variable counts, and a bare name takes our value or removes the image's",
        arguments: [
            (["A=1", "B=2", "A=3"], ["A=3", "B=2"]), (["HOME"], ["HOME=/root"]), (["EMPTY"], ["EMPTY="]),
            (["NOBODY"], ["NOBODY"]), (["HOME", "HOME=x"], ["HOME=x"]), (["A="], ["A="]), (["A=b=c"], ["A=b=c"]),
        ] as [([String], [String])])
    func environment(variables: [String], expected: [String]) throws {
        #expect(try request(variables.flatMap { ["-e", $0] }).environment == expected)
    }

    @Test("scalars go where the Engine wants them")
    func scalars() throws {
        let request = try request(
            [
                "-m", "512m", "--cpus", "1.5", "-u", "1000:1000", "-w", "/srv", "-h", "web.example", "--init=false",
                "--privileged", "--read-only", "-P", "--stop-signal", "SIGQUIT", "--stop-timeout", "-1", "--entrypoint",
                "", "--restart", "no", "-l", "a=b=c", "--label", "k", "--tmpfs", "/run:size=1m", "--tmpfs", "/tmp",
                "--ulimit", "nofile=5:-1", "--memory-swap", "-1", "--pids-limit", "0x10",
            ])
        #expect(request.hostConfig.memory == 512 << 20)
        #expect(request.hostConfig.nanoCPUs == 1_500_000_000)
        #expect(request.user == "1000:1000")
        #expect(request.workingDirectory == "/srv")
        #expect(request.hostname == "web.example")
        #expect(request.hostConfig.initProcess == false)
        #expect(request.hostConfig.privileged && request.hostConfig.readonlyRootfs)
        #expect(request.hostConfig.publishAllPorts)
        #expect(request.stopSignal == "SIGQUIT")
        #expect(request.stopTimeout == -1)
        #expect(request.entrypoint == [""])
        #expect(request.hostConfig.restartPolicy.name == "no")
        #expect(request.labels == ["a": "b=c", "k": ""])
        #expect(request.hostConfig.tmpfs == ["/run": "size=1m", "/tmp": ""])
        #expect(request.hostConfig.ulimits == [CreateRequest.Ulimit(name: "nofile", soft: 5, hard: -1)])
        #expect(request.hostConfig.memorySwap == -1)
        #expect(request.hostConfig.pidsLimit == 16)
    }

    @Test("capabilities are spelled as the kernel does, once each, sorted")
    func capabilities() throws {
        let request = try request(
            ["--cap-add", "sys_time", "--cap-add", "NET_ADMIN", "--cap-add", "CAP_SYS_TIME", "--cap-drop", "all"])
        #expect(request.hostConfig.capAdd == ["CAP_NET_ADMIN", "CAP_SYS_TIME"])
        #expect(request.hostConfig.capDrop == ["ALL"])
    }

    @Test(
        "volumes are anonymous or bound, and relative host folders begin in ours",
        arguments: [
            ("/a", nil, "/a"), ("/a:/b:ro,z", "/a:/b:ro,z", nil), ("data:/b", "data:/b", nil),
            ("./x/../y:/b", "/unit/y:/b", nil), (".:/b", "/unit:/b", nil), ("..:/b", "/:/b", nil),
            ("~/x:/b", "~/x:/b", nil), ("a:/data", nil, "a:/data"), ("a:", nil, "a:"),
        ] as [(String, String?, String?)])
    func volumes(text: String, bind: String?, anonymous: String?) throws {
        let request = try request(["-v", text, "-v", text])
        #expect(request.hostConfig.binds == bind.map { [$0] })
        #expect(request.volumes == (anonymous.map { [$0: CreateRequest.Empty()] } ?? [:]))
    }

    @Test("the request depends on the options alone: it is the same each time, whatever files are read later")
    func build() throws {
        var builder = CreateRequestBuilder(
            environment: environment, folder: "/unit", configuration: ClientConfiguration())
        var parser = OptionParser(RunTable.all)
        _ = try parser.parse(
            [
                "-e", "HOME", "--cap-add", "b", "--cap-add", "a", "--device", "/dev/null", "--net", "a", "--ip",
                "1.2.3.4",
            ],
            into: &builder)
        let request = try builder.build()
        #expect(try builder.build() == request)
        #expect(request.hostConfig.devices.count == 1 && request.environment == ["HOME=/root"])
        builder.variableFiles = ["/nonexistent"]
        #expect(try builder.build() == request)
        #expect(throws: UsageError.self) { try builder.readFiles() }
    }

    @Test("a plain network is the mode alone; aliases, links and addresses are its endpoint's")
    func network() throws {
        let plain = try request(["--network", "Back"])
        #expect(plain.hostConfig.networkMode == "Back")
        #expect(plain.networkingConfig.endpoints.isEmpty)

        let full = try request(
            ["--network", "back", "--network-alias", "a", "--net-alias", "b", "--link", "db:d", "--ip", "10.0.0.9"])
        var endpoint = CreateRequest.Endpoint()
        endpoint.aliases = ["a", "b"]
        endpoint.links = ["db:d"]
        var addresses = CreateRequest.Endpoint.Addresses()
        addresses.ipv4 = "10.0.0.9"
        endpoint.addresses = addresses
        #expect(full.networkingConfig.endpoints == ["back": endpoint])
        #expect(full.hostConfig.links == ["db:d"])
    }

    @Test("a link on the default network is the container's alone")
    func link() throws {
        let request = try request(["--link", "elastic"])
        #expect(request.hostConfig.links == ["elastic"])
        #expect(request.networkingConfig.endpoints == ["default": CreateRequest.Endpoint()])
    }

    @Test("the long form of a network is in lower case, and several networks are one endpoint each")
    func networks() throws {
        let request = try request(["--network", "name=Front,alias=A, ip = 10.0.0.9,driver-opt=k=V", "--net", "Back"])
        let endpoints = request.networkingConfig.endpoints
        #expect(request.hostConfig.networkMode == "front")
        #expect(Set(endpoints.keys) == ["front", "Back"])
        #expect(endpoints["front"]?.aliases == ["a"])
        #expect(endpoints["front"]?.addresses?.ipv4 == "10.0.0.9")
        #expect(endpoints["front"]?.driverOptions == ["k": "v"])
    }

    @Test("a health check is sent if anything is said of it")
    func health() throws {
        #expect(try request(["--health-interval", "0"]).healthcheck == nil)
        #expect(try request(["--no-healthcheck"]).healthcheck?.test == ["NONE"])
        let check = try request(["--health-cmd", "true", "--health-interval", "1m30s", "--health-retries", "3"])
            .healthcheck
        #expect(check?.test == ["CMD-SHELL", "true"])
        #expect(check?.interval == 90_000_000_000)
        #expect(check?.retries == 3)
        #expect(check?.timeout == nil)
    }

    @Test("a container without a name gets its unit's, if Docker takes it")
    func nameAfterUnit() throws {
        var options = try ContainerOptions(parsing: ["alpine"], environment: noConfiguration)
        let error = #expect(throws: UsageError.self) { try options.nameAfter(unit: "web@1.service") }
        #expect(error?.description.hasSuffix("use --name %p-%i") == true)
        try options.nameAfter(unit: "nginx.service")
        #expect(options.name == "nginx.service")
        try options.nameAfter(unit: "other.service")
        #expect(options.name == "nginx.service")
    }

    @Test("options that need a newer Engine are named")
    func versions() throws {
        let old = try #require(APIVersion("1.41"))
        let options = try ContainerOptions(parsing: ["--annotation", "a=b", "alpine"], environment: noConfiguration)
        let error = #expect(throws: UsageError.self) { try options.check(against: old) }
        #expect(error?.description == "--annotation needs API version 1.43, Docker here has 1.41")
        try options.check(against: APIVersion.newest)
    }

    @Test(
        "a setting inside an option that needs a newer Engine is named",
        arguments: [
            (["--mac-address", "92:d0:c6:0a:29:33"], "a network's MAC address needs API version 1.44"),
            (["--network", "name=a,gw-priority=1"], "a network's gw-priority needs API version 1.48"),
            (["--mount", "src=a,dst=/b,volume-subpath=x"], "volume-subpath needs API version 1.45"),
            (["--mount", "type=image,src=a,dst=/b"], "a mount of type=image needs API version 1.48"),
        ] as [([String], String)])
    func settings(words: [String], message: String) throws {
        let options = try ContainerOptions(parsing: words + ["alpine"], environment: noConfiguration)
        let error = #expect(throws: UsageError.self) { try options.check(against: .oldest) }
        #expect(error?.description.hasPrefix(message) == true)
        try options.check(against: .newest)
    }

    @Test("where the Engine takes one network at creation, the others are connected to afterwards, in order")
    func connections() throws {
        let words = ["--net", "z", "--net", "name=b,alias=x", "--net", "a", "--ip", "10.0.0.9", "alpine"]
        let options = try ContainerOptions(parsing: words, environment: noConfiguration)
        let all = options.creation(for: .newest)
        #expect(all.request == options.request)
        #expect(all.connections.isEmpty)

        let split = options.creation(for: try #require(APIVersion("1.43")))
        #expect(split.request.hostConfig.networkMode == "z")
        #expect(Array(split.request.networkingConfig.endpoints.keys) == ["z"])
        #expect(split.connections.map(\.network) == ["b", "a"])
        #expect(split.connections.first?.endpoint.aliases == ["x"])
    }

    @Test("a limit of kernel memory is for Engines that have one")
    func kernelMemory() throws {
        let options = try ContainerOptions(parsing: ["--kernel-memory", "1m", "alpine"], environment: noConfiguration)
        #expect(options.creation(for: .oldest).request.hostConfig.kernelMemory == 1 << 20)
        #expect(options.creation(for: .newest).request.hostConfig.kernelMemory == nil)
    }

    @Test("what creation, attaching and pull need beside the request")
    func companions() throws {
        let words = [
            "--cidfile", "/run/web.cid", "--detach-keys", "ctrl-x,x", "--platform", "linux/aarch64", "--pull", "never",
            "-q", "--sig-proxy=false", "alpine",
        ]
        let options = try ContainerOptions(parsing: words, environment: noConfiguration)
        #expect(options.cidFile == "/run/web.cid")
        #expect(options.request.hostConfig.containerIDFile == "/run/web.cid")
        #expect(options.detachKeys == "ctrl-x,x")
        #expect(options.platform == "linux/arm64")
        #expect(options.pull == .never)
        #expect(options.isQuiet)

        let plain = try ContainerOptions(parsing: ["alpine"], environment: noConfiguration)
        #expect(plain.cidFile == nil && plain.detachKeys == nil && plain.platform == nil && plain.pull == .missing)
        #expect(!plain.isQuiet)
    }

    @Test("every time at which an image may be pulled has a name, and a caller may choose where none is given")
    func pulls() throws {
        for (text, policy) in [
            ("missing", PullPolicy.missing), ("always", .always), ("newer", .newer), ("never", .never),
            ("", .never),
        ] {
            #expect(try ContainerOptions(parsing: ["--pull", text, "a"], environment: [:], folder: "/").pull == policy)
        }
        #expect(try ContainerOptions(parsing: ["a"], environment: [:], folder: "/", pull: .always).pull == .always)
        let id = String(repeating: "5ca1ab1e", count: 8)
        let refusal = "--pull always: \"\(id)\" is an ID, and registries only know names: name the image"
        #expect(throws: UsageError(refusal)) {
            try ContainerOptions(parsing: ["--pull", "always", id], environment: [:], folder: "/")
        }
    }

    @Test(
        "an environment that wants signatures is refused, unless there is nothing to verify",
        arguments: [
            ("1", ["a"], false), ("yes", ["a"], false), ("0", ["a"], true), ("", ["a"], true),
            ("1", ["--disable-content-trust", "a"], true),
            ("1", ["a@sha256:" + String(repeating: "5ca1ab1e", count: 8)], true),
            ("1", [String(repeating: "5ca1ab1e", count: 8)], true),
        ] as [(String, [String], Bool)])
    func trust(value: String, words: [String], isTaken: Bool) throws {
        let environment = ["DOCKER_CONTENT_TRUST": value]
        if isTaken {
            _ = try ContainerOptions(parsing: words, environment: environment, folder: "/")
        } else {
            let error = #expect(throws: UsageError.self) {
                try ContainerOptions(parsing: words, environment: environment, folder: "/")
            }
            #expect(
                error?.description.hasPrefix("DOCKER_CONTENT_TRUST=\(value): image signatures are not supported")
                    == true)
        }
    }

    @Test("the environment's platform counts where none is given")
    func defaultPlatform() throws {
        let environment = ["DOCKER_DEFAULT_PLATFORM": "linux/s390x"]
        #expect(try ContainerOptions(parsing: ["a"], environment: environment, folder: "/").platform == "linux/s390x")
        let words = ["--platform", "linux/arm/v6", "a"]
        #expect(try ContainerOptions(parsing: words, environment: environment, folder: "/").platform == "linux/arm/v6")
        #expect(
            throws: UsageError("invalid value \"*\" for DOCKER_DEFAULT_PLATFORM: not os, arch or os/arch[/variant]")
        ) {
            try ContainerOptions(parsing: ["a"], environment: ["DOCKER_DEFAULT_PLATFORM": "*"], folder: "/")
        }
    }

    @Test(
        "refusals are one line with option, value and reason",
        arguments: [
            (
                ["--restart", "always"],
                "\"always\" for --restart: restarting is systemd's job, use Restart= in the unit"
            ),
            (["--restart=on-failure:3"], "\"on-failure:3\" for --restart: restarting is systemd's job"),
            (["-m", "x"], "\"x\" for --memory: not a size such as 512m or 1.5g"),
            (["--cpus", "1/3"], "\"1/3\" for --cpus: more than nine decimal places"),
            (["--stop-timeout", "1.5"], "\"1.5\" for --stop-timeout: not a whole number"),
            (["-p", "localhost:80:80"], "\"localhost:80:80\" for --publish: \"localhost\" is not an IP address"),
            (["-v", "/a::ro"], "\"/a::ro\" for --volume: nothing between two colons"),
            (["-e", "=x"], "\"=x\" for --env: no name before the ="),
            (["--link", "a:b:c"], "\"a:b:c\" for --link: not container:alias"),
            (["-l", "a b"], "\"a b\" for --label: white space in the name"),
            (["--env-file", "/none"], "cannot read \"/none\" for --env-file: No such file or directory"),
            (["--network-alias", "a"], "aliases need a user-defined network, which \"default\" is not"),
            (["--net", "a", "--net", "a"], "the network \"a\" is given twice"),
            (
                ["--net", "a", "--net", "host"],
                "user-defined networks cannot be combined with bridge, host, none or container:NAME"
            ),
            (["--net", "name=a,ip=1.2.3.4", "--ip", "1.2.3.5"], "--ip and ip= in --network contradict each other"),
            (["-d", "-a", "stdin"], "--attach and --detach contradict each other"),
            (["--no-healthcheck", "--health-cmd", "x"], "--no-healthcheck and --health-… contradict each other"),
            (["--health-retries", "-1"], "--health-retries cannot be negative"),
            (["--pull", "sometimes"], "\"sometimes\" for --pull: not one of missing, always, newer, never"),
            (["--disable-content-trust=false"], "--disable-content-trust: image signatures are not supported"),
            (["--platform", "foo"], "\"foo\" for --platform: neither an operating system nor an architecture"),
            (["--detach-keys", "ctrl-1"], "\"ctrl-1\" is neither a character nor ctrl- and one of a-z @ [ \\ ] ^ _"),
            (["--cpu-count", "1"], "\"1\" for --cpu-count: only supported on Windows"),
        ] as [([String], String)])
    func refused(words: [String], message: String) {
        let error = #expect(throws: UsageError.self) { try request(words) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("\n") == false)
    }
}
