// SPDX-License-Identifier: Apache-2.0

extension ArgumentList {
    /// Whole lines: where options end, and what an image may be called.
    static let lines: [String] = [
        "", "--help=false", "img a b -e --rm --", "-- img -- x", "--", "-", "- x", "img ''", "''", "--rm false",
        "--name", "-e", "FOO", "a/B", "A/b", "a..b", "a__b", "a___b", "a--b", "a.-b", "a:", "a@sha256:abc",
        "a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "a:t@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "a@md5:0123456789abcdef0123456789abcdef",
        "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "0123456789ABCdef0123456789abcdef0123456789abcdef0123456789abcdef", "[::1]:5000/x", "[::1]/x", "localhost/x",
        "localhost/X", "/a", "a/", "a//b", "-a", "_a", "a_", "A.b:5/x:y", "a.b/c:t", "a:5/x", "a:x/x", "a:t.-_T",
        "a:-t", "a b", "a.b", "a.b:5", "exam-ple.com/x", "-a.com/x", "é", "--rm --",
        "--entrypoint '' img sh", "--entrypoint sh img -c 'a b'", "--name a --name bb img x",
        "-it --rm --name web -p 8080:80 -v /srv:/srv:ro -e A=1 nginx:1.25 nginx -g 'daemon off;'", "--rm img --rm",
        "-e A img -e B", "-- -x", "-- --rm img", "--rm=false img a", "-t=1 img", "-i=0 img", "--help img",
        "-ti --sig-proxy=false img", "-a stdin -a stdout -a stderr -t img", "img:latest", "img@", ":x", "a:b:c",
        "a@b@c", "a/b/c/d:e",
        "host.name/a/b:c@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "http://a/b",
        #"a\b"#, "a?b", "a:t/b", "[::1]/x:y", "[1.2.3.4]:5/x", "[x]:5/y", "localhost:5000/a", "LOCALHOST/a", "a.b/",
        "a__b--c.d", ".a", "a.", "a._b", "0", "0/0:0", "sha256:abc",
    ]

    /// Options that have to do with each other.
    static let pairs: [String] = [
        "--detach --rm", "--detach --attach ''", "-d -t -i", "-d --sig-proxy=false",
        "-d --cidfile FOLDER/cid --name web", "-i -t --detach-keys a --entrypoint '' --rm",
        "--rm --restart no --name web -v /a", "--no-healthcheck --health-retries 3",
        "--no-healthcheck --health-timeout 0", "--no-healthcheck --health-start-interval 1s",
        "--no-healthcheck --no-healthcheck=false --health-cmd x", "--network host -P --expose 80",
        "--network none -p 80", "--network container:a --add-host b:1.2.3.4 --dns 1.2.3.4",
        "--network foo -p 80:80 --ip 1.2.3.4 --network-alias web --mac-address 92:d0:c6:0a:29:33",
        "--network foo --network bar -p 80", "--link a --network bridge", "--link a --network-alias b",
        "--ip 1.2.3.4 --network host", "--ip 1.2.3.4 --network default",
        "--mac-address 92:d0:c6:0a:29:33 --network host", "-e A=1 -e A -e A=2", "-e FROMENV= -e FROMENV",
        "--env-file FOLDER/ok.env -e A", "--env-file FOLDER/ok.env --env-file FOLDER/noname.env",
        "-l a=1 --label a --label-file FOLDER/ok.labels", "--cap-add ALL --cap-add net_admin --privileged",
        "--cap-add x --cap-drop x", "--security-opt systempaths=unconfined --privileged",
        "--security-opt seccomp=unconfined --security-opt seccomp=FOLDER/profile.json",
        "--user 1 --group-add 2 --userns host", "--pid host --ipc host --uts host --network host --cgroupns host",
        "--pid container:a --ipc container:a --network container:a", "--cgroup-parent /a --cgroup-parent ''",
        "--memory 1m --memory-swap -1 --memory-swappiness 0 --oom-kill-disable", "--memory-swap 1m --memory 2m",
        "--cpus 2 --cpu-quota 100 --cpu-period 50", "--cpu-shares 2 -c 3",
        "--ulimit nofile=1 --ulimit nofile=5:6 --ulimit core=0",
        "--device /dev/a --device v/c=n --gpus all --device-cgroup-rule 'c 1:1 r'",
        "--gpus all --device nvidia.com/gpu=all", "-v /a:/b --mount type=bind,src=/a,dst=/b --tmpfs /b",
        "-v /a --volumes-from c --volume-driver d", "--read-only --tmpfs /run --mount type=tmpfs,dst=/x",
        "--publish 80:80 --publish 80:81 --expose 80 --publish 127.0.0.1::80",
        "--publish 80:80/tcp --publish 80:80/udp", "--log-driver none --log-opt a",
        "--log-opt a=1 --log-opt a=2 --log-driver journald", "--init --init=false --pid host",
        "--stop-signal TERM --stop-timeout 5 --stop-signal ''", "--hostname a --uts host --network host",
        "--platform linux/arm64 --pull never -q", "--platform linux --platform ''",
        "--health-cmd x --health-interval 1s --health-interval 0 --health-retries 2",
        "--workdir /a --workdir b --user ''", "--runtime x --isolation y", "--tty --interactive --attach stdin",
        "--rm --cidfile FOLDER/cid", "--dns 1.1.1.1 --dns-search . --dns-option ndots:1 --network host",
        "--annotation a=b --label a=b --env a=b", "--sysctl net.a=1 --network host",
        "--storage-opt size=1 --shm-size 1m --tmpfs /dev/shm",
    ]

    /// What an older API takes otherwise, or not at all.
    static let newer: [String] = [
        "--mac-address 92:d0:c6:0a:29:33", "--network name=foo,mac-address=92:d0:c6:0a:29:33",
        "--network foo --network bar", "--network foo --network name=bar,alias=x --network-alias y --link z",
        "--network name=foo,gw-priority=5", "--network name=foo,gw-priority=0", "--kernel-memory 1g",
        "--kernel-memory 0", "--annotation a=b", "--health-start-interval 5s", "--health-start-interval 0",
        "--mount type=bind,src=/a,dst=/b,bind-recursive=readonly,readonly,bind-propagation=rprivate",
        "--mount type=bind,src=/a,dst=/b,bind-recursive=writable,readonly",
        "--mount type=bind,src=/a,dst=/b,bind-recursive=disabled", "--mount type=image,src=a,dst=/b,image-subpath=x",
        "--mount type=volume,src=a,dst=/b,volume-subpath=x", "--platform linux/arm64", "--cgroupns host",
        "--gpus all", "-it --rm -p 80:80 -e A=1",
    ]
}
