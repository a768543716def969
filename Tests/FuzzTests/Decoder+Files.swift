// SPDX-License-Identifier: Apache-2.0

import JSON
import Linux
import Systemd

@testable import Cgroups
@testable import Claims
@testable import Commands
@testable import Images
@testable import RunOptions

extension Decoder {
    static let files = [
        Decoder(
            "docker's config.json",
            [
                #"{"auths":{"host":{"auth":"dXNlcjpwYXNz"},"https://h/v1/":{"identitytoken":"t"}},"credsStore":"x"}"#,
                #"{"proxies":{"default":{"httpProxy":"http://p","noProxy":"a"}},"detachKeys":"ctrl-p"}"#,
                #"{"credHelpers":{"host":"x"}}"#, #"{"Username":"<token>","Secret":"s"}"#,
            ]
        ) { input in
            _ = try? JSON.decode(CredentialConfiguration.self, from: input)
            _ = try? JSON.decode([String: String].self, from: input)
            let configuration = try? JSON.decode(ClientConfiguration.self, from: input)
            _ = configuration?.proxyVariables(host: "")
            // As the environment has it, and as a unit's credential.
            let credentials = RegistryCredentials(environment: [
                "DOCKER_AUTH_CONFIG": text(input), "HOME": "/none",
            ])
            _ = try? await credentials.credential(for: "host")
        },
        Decoder("unit files", unitFiles, cost: 10) { input in
            let file = UnitFile(unit: "web@1.service", path: "/web@.service", text: text(input))
            for setting in file.settings { _ = UnitFile.words(of: setting.value) }
            _ = (file.shares(file), UnitImages(of: [file]))
        },
        Decoder("a list of variables", ["A=1\r\n# b\n\u{FEFF}C=d e\nB\n"]) { _ = try? VariableFile.lines(of: $0) },
        Decoder(
            "/proc/PID/cgroup and status",
            [
                "0::/system.slice/web.service/container\n", "NSpid:\t1\t2\n",
                "4:memory,cpu:/docker/\(String(repeating: "5ca1ab1e", count: 8))\n1:name=systemd:/a/docker-5ca1ab1e5ca1.scope\n",
            ]
        ) { input in
            let text = text(input)
            for entry in Membership(parsing: text).entries {
                _ = CgroupPath.ofContainer("5ca1ab1e5ca1", in: entry.path)
                _ = (CgroupPath.ofUnit("web.service", in: entry.path), CgroupPath.isInside(entry.path, "/a"))
            }
            _ = (Peer.isInOurNamespace(text), Peer.containers(in: text))
        },
    ]

    private static let unitFiles = [
        """
        [Service]
        Environment="IMAGE=nginx:1" B=${IMAGE} 'C=a b'
        EnvironmentFile=-/nonexistent
        ExecStart=@/usr/bin/systemd-docker web run --rm --name %n ${IMAGE} $B "a \\"b\\"" \\
            # a comment
            -c 'x'
        ExecStartPost=/bin/sh -c 'docker pull $$IMAGE; systemd-docker run $IMAGE'
        """,
        "ExecStart=/usr/bin/docker run --name %p-%i 127.0.0.1:5000/a/b:%i sh -c \"sleep 1\"",
    ]
}
