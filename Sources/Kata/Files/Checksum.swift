/// FNV-1a with 64 bits, which does not depend on how the bytes are divided. It detects mistakes, not attacks.
package struct Checksum: Equatable {
    /// The checksum of the bytes so far.
    package private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    /// The checksum of no bytes.
    package init() {}

    /// Takes in more bytes.
    package mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
        var hash = value
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        value = hash
    }
}
