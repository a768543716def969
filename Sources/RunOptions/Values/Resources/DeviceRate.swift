// SPDX-License-Identifier: Apache-2.0

internal import Engine

/// The limits of `--device-read-bps`, `--device-read-iops` and their counterparts for writing.
enum DeviceRate {
    /// Bytes per second: `/dev/sda:1m`.
    struct Bytes: OptionValue {
        static let kind = "list"

        let rate: CreateRequest.DeviceRate

        init(option text: String) throws(InvalidValue) {
            let device = try BlockDevice(text)
            let count = UInt64(try Int64(binaryUnits: String(device.setting)))
            rate = CreateRequest.DeviceRate(path: device.path, rate: count)
        }
    }

    /// Operations per second: `/dev/sda:1000`.
    struct Operations: OptionValue {
        static let kind = "list"

        let rate: CreateRequest.DeviceRate

        init(option text: String) throws(InvalidValue) {
            let device = try BlockDevice(text)
            guard let count = UInt64(decimal: device.setting) else {
                throw InvalidValue("the rate is not a whole number")
            }
            rate = CreateRequest.DeviceRate(path: device.path, rate: count)
        }
    }
}
