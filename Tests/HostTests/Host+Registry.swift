// SPDX-License-Identifier: Apache-2.0

import Foundation

extension Host {
    /// Brings Debian's docker-registry into the host: its program, and nothing of the package that would start it.
    func bringRegistry() throws {
        let download = Self.checkout.appending(path: "Tests/Hosts/download")
        let answer = try Answer(of: download, [kind.suite, "docker-registry"])
        guard answer.status == 0 else { throw Failure(description: "download docker-registry: \(answer.error)") }
        try copy(answer.output.trimmingCharacters(in: .newlines), to: "/run/docker-registry.deb")
        try run("dpkg-deb --extract /run/docker-registry.deb /run/docker-registry; rm /run/docker-registry.deb")
    }

    /// Functions that the scripts of pulls may use.
    ///
    /// Docker takes 127.0.0.0/8 for insecure, so HTTP will do.
    static let registryFunctions = """
        # registry PORT AUTH…: starts a registry of its own on that port; they share what they keep.
        registry() {
            local file=/run/test-registry/$1.yml
            mkdir -p /run/test-registry
            # The hash of "s3cret-word".
            echo 'user:\(passwordHash)' >/run/test-registry/passwords
            {
                echo "{version: 0.1, storage: {filesystem: {rootdirectory: /run/test-registry/images}},"
                echo "http: {addr: '127.0.0.1:$1'}, ${2:-} log: {level: warn}}"
            } >"$file"
            # Nothing tells when it listens.
            systemd-run --quiet --collect --unit "test-registry-$1" /run/docker-registry/usr/bin/docker-registry serve "$file"
            eventually "(: </dev/tcp/127.0.0.1/$1) 2>/dev/null"
        }
        password='auth: {htpasswd: {realm: test, path: /run/test-registry/passwords}},'
        # Takes whoever has a token, whatever it is.
        token='auth: {silly: {realm: test, service: test}},'
        # push NAME MEGABYTES: an image with busybox and so much that cannot be compressed.
        push() {
            local folder=/run/test-registry/build image=127.0.0.1:5000/$1
            mkdir -p "$folder/bin"
            cp /bin/busybox "$folder/bin/"
            ln -sf busybox "$folder/bin/sleep"
            head -c "$2M" /dev/urandom >"$folder/data"
            tar --create --directory "$folder" . | docker import - "$image" >/dev/null
            docker push --quiet "$image" >/dev/null
            docker rmi "$image" >/dev/null
            rm -r "$folder"
        }
        # version NAME FILE…: another version of the image, with these files in it.
        # It is pushed by one registry's name and pulled by that of another, so that nothing changes here.
        version() {
            local folder=/run/test-registry/version image=127.0.0.1:5000/$1
            mkdir -p "$folder/bin"
            cp /bin/busybox "$folder/bin/"
            ln -s busybox "$folder/bin/sh"
            ln -s busybox "$folder/bin/sleep"
            shift
            for file in version "$@"; do echo "$SECONDS" >"$folder/$file"; done
            tar --create --directory "$folder" . | docker import - "$image" >/dev/null
            docker push --quiet "$image" >/dev/null
            docker rmi "$image" >/dev/null
            rm -r "$folder"
        }
        # blob: puts its stdin among the registry's blobs, and prints its SHA-256.
        blob() {
            local new=$registry_files/blobs/new hash
            mkdir -p "$registry_files/blobs"
            tee "$new" | sha256sum | cut -d' ' -f1 | {
                read -r hash
                mkdir -p "$registry_files/blobs/sha256/${hash:0:2}/$hash"
                mv "$new" "$registry_files/blobs/sha256/${hash:0:2}/$hash/data"
                echo "$hash"
            }
        }
        registry_files=/run/test-registry/images/docker/registry/v2
        blob_length() { stat --format %s "$registry_files/blobs/sha256/${1:0:2}/$1/data"; }
        # refer PATH HASH: has a file of the registry's repositories point to a blob.
        refer() {
            mkdir -p "$registry_files/repositories/$1"
            echo -n "sha256:$2" >"$registry_files/repositories/$1/link"
        }
        # large NAME MEGABYTES: like push, but by the registry's own files, for Docker takes its time to compress: the
        # layer is as long on the line as it is in the container.
        large() {
            local folder=/run/test-registry/build type=application/vnd.docker layer config manifest
            mkdir -p "$folder/bin"
            cp /bin/busybox "$folder/bin/"
            ln -s busybox "$folder/bin/sleep"
            head -c "$2M" /dev/urandom >"$folder/data"
            layer=$(tar --create --directory "$folder" . | blob)
            rm -r "$folder"
            config=$(blob <<JSON
            {"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": ["sha256:$layer"]}}
        JSON
            )
            manifest=$(blob <<JSON
            {"schemaVersion": 2, "mediaType": "$type.distribution.manifest.v2+json", "config":
            {"mediaType": "$type.container.image.v1+json", "size": $(blob_length $config), "digest": "sha256:$config"}, "layers":
            [{"mediaType": "$type.image.rootfs.diff.tar", "size": $(blob_length $layer), "digest": "sha256:$layer"}]}
        JSON
            )
            refer "$1/_layers/sha256/$layer" $layer
            refer "$1/_layers/sha256/$config" $config
            refer "$1/_manifests/revisions/sha256/$manifest" $manifest
            refer "$1/_manifests/tags/latest/current" $manifest
        }
        # immense PORT: starts a registry whose image "web" has two layers of 2^62 bytes each, as it says. It sends the
        # beginning of both, breaks the connections, and refuses the rest.
        immense() {
            local folder=/run/test-registry/immense type=application/vnd.docker
            mkdir -p "$folder"
            one=$(printf '1%.0s' {1..64}) two=$(printf '2%.0s' {1..64}) size=4611686018427387904
            echo '{"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": ["sha256:'$one'", "sha256:'$two'"]}}' \
                >"$folder/config"
            config=$(sha256sum <"$folder/config" | cut -d' ' -f1)
            cat >"$folder/manifest" <<JSON
            {"schemaVersion": 2, "mediaType": "$type.distribution.manifest.v2+json", "config":
            {"mediaType": "$type.container.image.v1+json", "size": $(stat --format %s "$folder/config"),
            "digest": "sha256:$config"}, "layers": [
            {"mediaType": "$type.image.rootfs.diff.tar", "size": $size, "digest": "sha256:$one"},
            {"mediaType": "$type.image.rootfs.diff.tar", "size": $size, "digest": "sha256:$two"}]}
        JSON
            cat >"$folder/answer" <<ANSWER
        #!/bin/bash
        cd "$folder"
        read -r method path _
        while read -r line && [[ \\$line != \\$'\\r' ]]; do :; done
        head() { printf 'HTTP/1.1 %s\\r\\nConnection: close\\r\\nContent-Type: %s\\r\\nContent-Length: %s\\r\\n%s\\r\\n\\r\\n' "\\$@"; }
        file() {
            head '200 OK' "\\$2" "\\$(stat --format %s "\\$1")" "Docker-Content-Digest: sha256:\\$(sha256sum <"\\$1" | cut -d' ' -f1)"
            [[ \\$method == HEAD ]] || cat "\\$1"
        }
        case \\$path in
            */manifests/*) file manifest $type.distribution.manifest.v2+json ;;
            */blobs/sha256:$config) file config application/octet-stream ;;
            */blobs/*)
                if mkdir "sent-\\${path##*:}"; then
                    head '200 OK' application/octet-stream $size X-None:
                    command head -c 2M /dev/zero
                    until [[ -d sent-$one && -d sent-$two ]]; do read -r -t 0.05 <> <(:) || true; done
                else
                    error='{"errors":[{"code":"DENIED","message":"no more of it"}]}'
                    head '403 Forbidden' application/json \\${#error} X-None:
                    echo -n "\\$error"
                fi ;;
            *) head '200 OK' application/json 2 X-None:; echo -n '{}' ;;
        esac
        ANSWER
            chmod +x "$folder/answer"
            systemd-run --quiet --collect --unit "test-registry-$1" systemd-socket-activate --accept --inetd \
                --listen "127.0.0.1:$1" "$folder/answer"
            eventually "(: </dev/tcp/127.0.0.1/$1) 2>/dev/null"
        }
        slow() { tc qdisc replace dev lo root tbf rate "$1" burst 512k latency 400ms; }
        fast() { tc qdisc del dev lo root; }
        images() { docker images --quiet "127.0.0.1:*/*"; }
        forget() { images | sort --unique | xargs --no-run-if-empty docker rmi --force >/dev/null; }
        clear_registries() {
            systemctl stop 'test-registry-*' 2>/dev/null || true
            fast 2>/dev/null || true
            forget
            rm -rf /run/test-registry /run/test-docker /var/lib/systemd-docker
        }
        trap clear_registries EXIT

        """
    private static let passwordHash = "$2y$05$abcdefghijklmnopqrstuuEpHRRKIlpAGo.iP7Bpa.htQEJMAAnRe"
}
