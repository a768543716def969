// SPDX-License-Identifier: Apache-2.0

import Engine
import Foundation
import JSON
import Testing

@testable import RunOptions

/// Our parser and real docker clients get the same argument lists, and have to ask the Engine for the same container.
@Suite("Differential")
struct DifferentialTests {
    /// The seed of the generated lists.
    private static let seed: UInt64 = 20_261_121
    private static let generatedLists = 1500

    private func clients() throws -> [DockerClient] {
        let clients = DockerClient.installed
        try #require(!clients.isEmpty, "no docker client: Tests/Hosts/tree forky brings one")
        return clients
    }

    @Test("there are hundreds of lists, a hundred of them invalid, and every option stands in one")
    func coverage() throws {
        let lists = ArgumentList.all
        #expect(lists.count >= 400)
        #expect(Set(lists).count == lists.count)
        let world = try World()
        let refused = lists.count { list in
            if case .refusal = world.ours(list.words(in: world.folder)) { true } else { false }
        }
        #expect(refused >= 100)
        let pool = ArgumentPool(ArgumentList.all)
        for option in RunTable.all where option.names != ["help"] {
            #expect(!pool.values(of: option).isEmpty, "\(option.name)")
        }
    }

    @Test("every list means to us what it means to docker, or stands among the differences")
    func lists() throws {
        let clients = try clients()
        // Those between the oldest and the newest have nothing of their own.
        for client in clients.indices.filter({ [0, clients.count - 1].contains($0) }).map({ clients[$0] }) {
            let comparison = try Comparison(client)
            for list in ArgumentList.all where list.isKnown(to: client.version) {
                try comparison.compare(list.words(in: comparison.world.folder))
            }
            print(comparison)
        }
    }

    @Test("every option in each of its forms")
    func forms() throws {
        let client = try #require(try clients().last)
        let comparison = try Comparison(client)
        let pool = ArgumentPool(ArgumentList.all)
        for option in RunTable.all where option.names != ["help"] {
            let values = pool.values(of: option).map { $0.replacing("FOLDER", with: comparison.world.folder) }.filter {
                comparison.world.accepts(["\(option.name)=\($0)"])
            }
            for value in values.prefix(1) + [""] {
                for form in Form.allCases {
                    for words in form.words(option, value) { try comparison.compare(words + ["img"]) }
                }
            }
        }
        print(comparison)
    }

    @Test("with an Engine of an older API, the same is asked for or refused", arguments: ["1.41", "1.43"])
    func older(version: String) throws {
        let client = try #require(try clients().last)
        let comparison = try Comparison(client, version: version)
        for list in ArgumentList.old { try comparison.compare(list.words(in: comparison.world.folder)) }
        print(comparison)
    }

    @Test("the proxies of config.json reach the container")
    func proxies() throws {
        let client = try #require(try clients().last)
        let comparison = try Comparison(client)
        let folder = comparison.world.folder
        try FileManager.default.createDirectory(atPath: "\(folder)/.docker", withIntermediateDirectories: false)
        for text in [
            #"{"proxies":{"default":{"httpProxy":"http://p:1","noProxy":"a,b","ftpProxy":""}}}"#,
            #"{"proxies":{"default":{"httpProxy":"x"},"unix://\#(folder)/s":{"httpsProxy":"y","allProxy":"z"}}}"#,
            #"{"proxies":{"other":{"httpProxy":"x"}}}"#, #"{"auths":{},"proxies":null}"#, "{", "",
        ] {
            try text.write(toFile: "\(folder)/.docker/config.json", atomically: false, encoding: .utf8)
            for words in [[], ["-e", "HTTP_PROXY=own", "-e", "no_proxy"], ["-e", "http_proxy=", "-e", "A=1"]] {
                try comparison.compare(words + ["img"])
            }
        }
    }

    @Test("generated lists mean to us what they mean to docker")
    func generated() throws {
        let client = try #require(try clients().last)
        let comparison = try Comparison(client)
        var generator = ArgumentGenerator(seed: Self.seed, pool: ArgumentPool(ArgumentList.all), comparison.world)
        for _ in 0..<Self.generatedLists { try comparison.compare(generator.next()) }
        print("\(comparison), seed \(Self.seed)")
        #expect(comparison.accepted > Self.generatedLists / 4)
    }
}

/// The files and the environment that argument lists speak of.
final class World {
    let folder: String
    let environment: [String: String]

    init() throws {
        var template = Array("/tmp/run-options.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw POSIXError(.EIO) }
        folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        environment = [
            "HOME": folder, "DOCKER_HOST": "unix://\(folder)/s", "PATH": "/usr/bin:/bin", "FROMENV": "inherited",
            "GOMAXPROCS": "1",
        ]
        for (name, text) in [
            ("ok.env", "\u{FEFF}A=1\r\n# c\n  B= two words \nFROMENV\nNOTSET\nA=2\n"), ("blank.env", " A B=1\n"),
            ("noname.env", "=1\n"), ("ok.labels", "l=1\nk\nx=y=z\n"),
            ("profile.json", "{ \"a\" : [1, 2, \"b\\\" c\"] }\n"),
            ("half.json", "{"),
        ] {
            try text.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// What we do with an argument list, for an Engine of this version.
    func ours(_ words: [String], version: APIVersion = .newest) -> Outcome {
        do {
            let options = try ContainerOptions(parsing: words, environment: environment, folder: folder)
            if options.showsHelp { return .refusal("help") }
            try options.check(against: version)
            let creation = options.creation(for: version)
            var query: [String: String] = [:]
            query["name"] = options.name
            query["platform"] = options.platform
            let body = try JSONDecoder().decode(JSONValue.self, from: Data(JSON.encode(creation.request)))
            return .request(DifferentialRequest(version: "\(version)", query: query, body: body.normal()))
        } catch {
            return .refusal("\(error)")
        }
    }

    /// Whether options mean something to us.
    func accepts(_ words: [String]) -> Bool {
        if case .request = ours(words + ["img"]) { true } else { false }
    }
}

/// Runs both on argument lists, and reports where they differ without a reason.
final class Comparison: CustomStringConvertible {
    let world: World
    private let client: DockerClient
    private let recorder: Recorder
    private let version: APIVersion
    private(set) var accepted = 0
    private var refused = 0
    /// The reasons that have explained a difference.
    private(set) var used: Set<String> = []

    init(_ client: DockerClient, version: String = "\(APIVersion.newest)") throws {
        self.client = client
        world = try World()
        recorder = try Recorder(socket: "\(world.folder)/s", version: version)
        let first = try client.run(["img"], recorder, environment: world.environment, folder: world.folder)
        guard case .request(let request) = first else { throw POSIXError(.ECONNREFUSED) }
        self.version = try #require(APIVersion(request.version))
    }

    var description: String {
        "\(client), API \(version): \(accepted) lists accepted, \(refused) refused by docker, \(used.count) differences"
    }

    func compare(_ words: [String]) throws {
        let docker = try client.run(words, recorder, environment: world.environment, folder: world.folder)
        let ours = world.ours(words, version: version)
        if case .request = docker { accepted += 1 } else { refused += 1 }
        switch (docker, ours) {
        case (.refusal, .refusal): return
        case (.request(let theirs), .request(let mine)) where theirs == mine: return
        default: break
        }
        if let difference = Difference.all.first(where: { $0.explains(words, docker, ours, by: client.version) }) {
            used.insert(difference.reason)
            return
        }
        let what: String
        switch (docker, ours) {
        case (.request(let theirs), .request(let mine)):
            let query = theirs.query == mine.query ? [] : ["query: docker \(theirs.query), ours \(mine.query)"]
            what = (query + JSONValue.differences(theirs.body, mine.body)).joined(separator: "; ")
        case (.refusal(let reason), _): what = "only docker refuses: \(reason.split(separator: "\n").first ?? "")"
        case (_, .refusal(let reason)): what = "only we refuse: \(reason)"
        }
        Issue.record("\(client.version) \(words): \(what)")
    }
}
