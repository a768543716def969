// SPDX-License-Identifier: Apache-2.0

import Console
import Glibc
import Linux
import Support
import Systemd
import Testing

@testable import Images

@Suite("Registry credentials", .timeLimit(.minutes(1)))
struct RegistryCredentialsTests {
    private let folder: TemporaryFolder

    init() throws {
        LoopThread.start()
        folder = try TemporaryFolder()
        for name in ["unit", "docker", "home", "home/.docker"] { try Files.makeFolder(folder[name]) }
    }

    private func write(_ path: String, _ text: String) throws { try Files.replace(folder[path], with: text) }

    @LoopActor
    private func find(
        _ key: String, _ environment: [String: String] = [:], timeout: Duration = .seconds(30)
    ) async throws -> RegistryCredential {
        var environment = environment
        if environment["HOME"] == nil { environment["HOME"] = folder["home"] }
        return try await RegistryCredentials(environment: environment, helperTimeout: timeout).credential(for: key)
    }

    /// `user:p:w`.
    private static let auth = #""auth":"dXNlcjpwOnc=""#
    private static let index = "https://index/v1/"

    private func password(_ key: String, _ password: String = "p:w") -> RegistryCredential {
        RegistryCredential(username: "user", password: password, serveraddress: key)
    }

    @Test("nobody has any: the registry is told of nobody")
    @LoopActor
    func none() async throws {
        #expect(try await find("host:1") == RegistryCredential())
        #expect(try await find("host:1").header == "e30=")
    }

    @Test(
        "a key is found as it is, or by its host as old clients wrote it; the default registry only as it is",
        arguments: [
            ("host:1", "host:1", true), ("host:1", "https://host:1/v2/", true), ("host:1", "http://host:1", true),
            ("host:1", "host", false), ("host", "host:1", false), (index, index, true), (index, "index", false),
        ])
    @LoopActor
    func keys(key: String, stored: String, isFound: Bool) async throws {
        try write("home/.docker/config.json", #"{"auths":{"\#(stored)":{\#(Self.auth)}}}"#)
        #expect(try await find(key) == (isFound ? password(key) : RegistryCredential()))
    }

    @Test(
        "an entry may hold names and passwords or tokens",
        arguments: [
            (#""username":"user","password":"p:w""#, RegistryCredential(username: "user", password: "p:w")),
            (#""identitytoken":"t""#, RegistryCredential(identitytoken: "t")),
            (#""registrytoken":"t""#, RegistryCredential(registrytoken: "t")),
            (#""auth":"dXNlcjpwOncA""#, RegistryCredential(username: "user", password: "p:w")),
        ])
    @LoopActor
    func entries(text: String, expected: RegistryCredential) async throws {
        try write("home/.docker/config.json", #"{"auths":{"host":{\#(text)}}}"#)
        var expected = expected
        expected.serveraddress = "host"
        #expect(try await find("host") == expected)
    }

    @Test("the unit's credential wins over the environment's, that over config.json, and that over .dockercfg")
    @LoopActor
    func sources() async throws {
        try write("home/.dockercfg", #"{"host":{"username":"user","password":"4"}}"#)
        #expect(try await find("host") == password("host", "4"))
        try write("home/.docker/config.json", #"{"auths":{"host":{"username":"user","password":"3"}}}"#)
        #expect(try await find("host") == password("host", "3"))
        try write("docker/config.json", "{}")
        var environment = ["DOCKER_CONFIG": folder["docker"]]
        #expect(try await find("host", environment) == RegistryCredential())
        environment["DOCKER_AUTH_CONFIG"] = #"{"auths":{"host":{"username":"user","password":"2"}}}"#
        #expect(try await find("host", environment) == password("host", "2"))
        #expect(try await find("other", environment) == RegistryCredential())
        environment["CREDENTIALS_DIRECTORY"] = folder["unit"]
        #expect(try await find("host", environment) == password("host", "2"))
        try write("unit/docker-config", #"{"auths":{"host":{"username":"user","password":"1"}}}"#)
        #expect(try await find("host", environment) == password("host", "1"))
        #expect(try await find("other", environment) == RegistryCredential())
    }

    @Test("what is no use in the unit's credential is told, without a word of what is in it")
    @LoopActor
    func broken() async throws {
        try write("unit/docker-config", "s3cret")
        let environment = ["CREDENTIALS_DIRECTORY": folder["unit"]]
        let error = await #expect(throws: CommandError.self) { _ = try await find("host", environment) }
        #expect(
            error?.description == "read the credential docker-config: not JSON: it has to be a config.json of docker")
        try write("unit/docker-config", #"{"auths":{"host":{"auth":"s3cret"}}}"#)
        let second = await #expect(throws: CommandError.self) { _ = try await find("host", environment) }
        #expect(second?.description == #"read docker's credentials for host: "auth" is not base64 of user:password"#)
    }

    // MARK: Helpers

    /// Asks with a helper of the test's own, `docker-credential-test`.
    @LoopActor
    private func ask(
        _ script: String, _ configuration: String = #"{"credsStore":"test"}"#, timeout: Duration = .seconds(30)
    ) async throws -> RegistryCredential {
        try write("docker-credential-test", "#!/bin/sh\n\(script)\n")
        chmod(folder["docker-credential-test"], 0o755)
        try write("home/.docker/config.json", configuration)
        return try await ProcessEnvironment.with(["PATH": "\(folder.path):/usr/bin:/bin"]) {
            try await find("host", timeout: timeout)
        }
    }

    private static let answers = #"echo '{"ServerURL":"'$(cat)'","Username":"user","Secret":"'$1'"}'"#

    @Test(
        "a helper is asked for the key it is responsible for, and what else is there does not count",
        arguments: [
            (#"{"credsStore":"test"}"#, true), (#"{"credHelpers":{"host":"test"}}"#, true),
            (#"{"credHelpers":{"other":"test"}}"#, false), (#"{"credHelpers":{"host":"test"},"credsStore":"x"}"#, true),
            (#"{"credsStore":"test","auths":{"host":{"username":"a","password":"b"}}}"#, true),
        ])
    @LoopActor
    func helper(configuration: String, isAsked: Bool) async throws {
        #expect(
            try await ask(Self.answers, configuration) == (isAsked ? password("host", "get") : RegistryCredential()))
    }

    @Test("a secret that is a token is told so; one that is not there is nobody's")
    @LoopActor
    func helperAnswers() async throws {
        let token = try await ask(#"echo '{"Username":"<token>","Secret":"t"}'"#)
        #expect(token == RegistryCredential(serveraddress: "host", identitytoken: "t"))
        #expect(try await ask("echo credentials not found in native keychain; exit 1") == RegistryCredential())
    }

    @Test(
        "a helper that fails is told, but for what it may have found",
        arguments: [
            ("echo no such '\nkeychain'; exit 2", "exit status 2: no such  keychain"),
            (#"echo '{"Username":"u","Secret":"s3cret"}'; exit 1"#, "exit status 1"),
            ("kill -KILL $$", "SIGKILL"),
            ("echo s3cret", "invalid answer from the credential helper: not JSON"),
            ("sleep 1000", "wait for docker-credential-test: Connection timed out"),
        ])
    @LoopActor
    func helperFails(script: String, words: String) async throws {
        let error = await #expect(throws: CommandError.self) { _ = try await ask(script, timeout: .seconds(2)) }
        let text = error?.description ?? ""
        #expect(text.hasPrefix("ask docker-credential-test for the credentials of host: \(words)"))
        #expect(!text.contains("s3cret"))
    }

    @Test("a helper that is not there is told by its name")
    @LoopActor
    func noHelper() async throws {
        try write("home/.docker/config.json", #"{"credsStore":"nosuch"}"#)
        let error = await #expect(throws: CommandError.self) { _ = try await find("host") }
        #expect(
            error?.description.hasSuffix("posix_spawnp docker-credential-nosuch: No such file or directory") == true)
    }

    // MARK: All of them

    /// What the container of `--use-api-socket` gets, and what was complained of.
    @LoopActor
    private func gather(
        _ environment: [String: String] = [:], helper script: String = "exit 1"
    ) async throws -> (text: String?, complaints: [String]) {
        try write("docker-credential-test", "#!/bin/sh\n\(script)\n")
        chmod(folder["docker-credential-test"], 0o755)
        var complaints: [String] = []
        let text = try await ProcessEnvironment.with(["PATH": "\(folder.path):/usr/bin:/bin"]) {
            try await RegistryCredentials(environment: environment.merging(["HOME": folder["home"]]) { $1 })
                .configuration { complaints.append($0.description) }
        }
        return (text.map { String(decoding: $0, as: UTF8.self) }, complaints)
    }

    /// Keeps `a` and `b`, and knows nothing of `gone`.
    private static let keeper = """
        if [ $1 = list ]; then echo '{"a":"user","b":"user","gone":"user"}'; exit; fi
        read key
        case $key in
            gone) echo credentials not found in native keychain; exit 1 ;;
            token) echo '{"Username":"<token>","Secret":"t"}' ;;
            *) echo '{"Username":"user","Secret":"p:w"}' ;;
        esac
        """

    @Test(
        "all that there is comes as auths, as docker's client writes them",
        arguments: [
            ("{}", nil), (#"{"auths":{}}"#, nil),
            (#"{"auths":{"host":{"username":"user","password":"p:w"}}}"#, #"{"host":{\#(auth)}}"#),
            (
                #"{"auths":{"host":{\#(auth)},"\#(index)":{"identitytoken":"t"},"e":{}}}"#,
                #"{"e":{},"host":{\#(auth)},"\#(index)":{"identitytoken":"t"}}"#
            ),
            // A store alone knows what it keeps.
            (#"{"credsStore":"test","auths":{"z":{\#(auth)}}}"#, #"{"a":{\#(auth)},"b":{\#(auth)}}"#),
            (
                #"{"credHelpers":{"token":"test"},"auths":{"z":{\#(auth)}}}"#,
                #"{"token":{"identitytoken":"t"},"z":{\#(auth)}}"#
            ),
            (#"{"credHelpers":{"gone":"test"}}"#, nil),
        ] as [(String, String?)])
    @LoopActor
    func all(configuration: String, auths: String?) async throws {
        try write("home/.docker/config.json", configuration)
        let (text, complaints) = try await gather(helper: Self.keeper)
        #expect(text == auths.map { #"{"auths":\#($0)}"# })
        #expect(complaints == [])
    }

    @Test("of all, too, the unit's count alone, and then the environment's")
    @LoopActor
    func allSources() async throws {
        try write("home/.docker/config.json", #"{"auths":{"host":{"identitytoken":"3"}}}"#)
        #expect(try await gather().text == #"{"auths":{"host":{"identitytoken":"3"}}}"#)
        var environment = ["DOCKER_AUTH_CONFIG": #"{"auths":{"other":{"identitytoken":"2"}}}"#]
        #expect(try await gather(environment).text == #"{"auths":{"other":{"identitytoken":"2"}}}"#)
        environment["CREDENTIALS_DIRECTORY"] = folder["unit"]
        try write("unit/docker-config", #"{"auths":{"third":{"identitytoken":"1"}}}"#)
        #expect(try await gather(environment).text == #"{"auths":{"third":{"identitytoken":"1"}}}"#)
    }

    @Test("what cannot be had of one registry is told, and the others come; a store that does not answer is an error")
    @LoopActor
    func someFail() async throws {
        try write(
            "home/.docker/config.json",
            #"{"auths":{"bad":{"auth":"s3cret"},"host":{\#(Self.auth)}},"credHelpers":{"x":"test"}}"#)
        let (text, complaints) = try await gather(helper: #"echo '{"Secret":"s3cret"}'; exit 1"#)
        #expect(text == #"{"auths":{"host":{\#(Self.auth)}}}"#)
        #expect(
            complaints == [
                #"read docker's credentials for bad: "auth" is not base64 of user:password"#,
                "ask docker-credential-test for the credentials of x: exit status 1",
            ])
        try write("home/.docker/config.json", #"{"credsStore":"test"}"#)
        let error = await #expect(throws: CommandError.self) { _ = try await gather(helper: "echo locked; exit 3") }
        #expect(error?.description == "ask docker-credential-test for what it keeps: exit status 3: locked")
    }

    @Test("a credential shows nothing of itself")
    func hidden() {
        #expect("\(password("host"))" == "credential")
    }
}
