/// A size for people, such as `392 MiB`: with three digits at the most.
package struct SizeText: CustomStringConvertible {
    package let bytes: Int64

    package init(bytes: Int64) {
        self.bytes = bytes
    }

    package var description: String {
        var size = Double(bytes)
        var units = ["bytes", "KiB", "MiB", "GiB", "TiB"][...]
        while size >= 999.5 && units.count > 1 {
            size /= 1_024
            units.removeFirst()
        }
        let isWhole = bytes < 1_000 || size >= 99.95
        let number = isWhole ? "\(Int(size.rounded()))" : "\((size * 10).rounded() / 10)"
        return "\(number) \(units.first ?? "")"
    }
}
