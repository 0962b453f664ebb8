/// A size for people, such as `392 MiB`: with three digits at the most.
struct SizeText: CustomStringConvertible {
    let bytes: Int64

    var description: String {
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
