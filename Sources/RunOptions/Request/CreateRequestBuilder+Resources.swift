// SPDX-License-Identifier: Apache-2.0

internal import Engine

/// Privileges, limits and devices.
extension CreateRequestBuilder {
    func addSecurity(to request: inout CreateRequest) {
        if securityOptions.contains(where: \.unmasksSystemPaths) {
            request.hostConfig.maskedPaths = []
            request.hostConfig.readonlyPaths = []
        }
        let options = securityOptions.filter { !$0.unmasksSystemPaths }.map(\.text)
        request.hostConfig.securityOpt = securityOptions.isEmpty ? nil : options
        request.hostConfig.capAdd = request.hostConfig.capAdd.map { Set($0).sorted() }
        request.hostConfig.capDrop = request.hostConfig.capDrop.map { Set($0).sorted() }
        request.hostConfig.sysctls = sysctls.isEmpty ? nil : Dictionary(pairs: sysctls)
    }

    func addResources(to request: inout CreateRequest) {
        // Of one name the last wins.
        let byName = Dictionary(ulimits.map { ($0.name, $0) }) { _, last in last }
        request.hostConfig.ulimits = byName.values.sorted { $0.name < $1.name }
        request.hostConfig.kernelMemory = kernelMemory == 0 ? nil : kernelMemory

        var cdiDevices: [String] = []
        for device in devices {
            switch device {
            case .path(let device): request.hostConfig.devices.append(device)
            case .cdi(let name): cdiDevices.append(name)
            }
        }
        var requests = gpus
        if !cdiDevices.isEmpty {
            var request = CreateRequest.DeviceRequest()
            request.driver = "cdi"
            request.deviceIDs = cdiDevices
            requests.append(request)
        }
        request.hostConfig.deviceRequests = requests.isEmpty ? nil : requests
    }
}
