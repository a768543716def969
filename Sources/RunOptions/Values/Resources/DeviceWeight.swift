// SPDX-License-Identifier: Apache-2.0

internal import Engine

/// The relative weight of a device's block IO: `/dev/sda:500`.
struct DeviceWeight: OptionValue {
    static let kind = "list"

    let weight: CreateRequest.DeviceWeight

    init(option text: String) throws(InvalidValue) {
        let device = try BlockDevice(text)
        guard let weight = UInt16(decimal: device.setting), weight == 0 || (10...1000).contains(weight) else {
            throw InvalidValue("the weight is neither 0 nor from 10 to 1000")
        }
        self.weight = CreateRequest.DeviceWeight(path: device.path, weight: weight)
    }
}
