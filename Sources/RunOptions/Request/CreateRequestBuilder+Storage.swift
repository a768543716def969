// SPDX-License-Identifier: Apache-2.0

internal import Engine

/// Volumes and other mounts.
extension CreateRequestBuilder {
    func addStorage(to request: inout CreateRequest) {
        // The same text given twice is one volume.
        for (index, volume) in volumes.enumerated() where !volumes[..<index].contains(volume) {
            switch volume.source {
            case .anonymous(let folder): request.volumes[folder] = .init()
            case .bind(let text):
                request.hostConfig.binds = (request.hostConfig.binds ?? []) + [Volume.absolute(text, in: folder)]
            }
        }
        var all = mounts.map { specification in
            var mount = specification.mount
            if let source = mount.source, source.hasPrefix(".") { mount.source = cleanPath("\(folder)/\(source)") }
            return mount
        }
        if usesAPISocket { all.append(Self.apiSocket) }
        request.hostConfig.mounts = all.isEmpty ? nil : all
        if !tmpfs.isEmpty {
            request.hostConfig.tmpfs = Dictionary(tmpfs.map { ($0.path, $0.options) }) { _, last in last }
        }
        request.hostConfig.storageOpt = storageOptions.isEmpty ? nil : Dictionary(pairs: storageOptions)
    }

    /// Docker's socket where the daemon sees it, which need not be where DOCKER_HOST finds it.
    private static let apiSocket: CreateRequest.Mount = {
        var mount = CreateRequest.Mount()
        mount.type = "bind"
        mount.source = "/var/run/docker.sock"
        mount.target = "/var/run/docker.sock"
        mount.bindOptions = CreateRequest.Mount.BindOptions()
        return mount
    }()
}
