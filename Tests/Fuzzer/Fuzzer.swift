import Foundation
import Glibc

/// What libFuzzer calls with each of its inputs. `KATA_FUZZ_TARGET` says who reads it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>, _ size: Int) -> Int32 {
    do {
        try Fuzzer.target.read(Array(UnsafeBufferPointer(start: bytes, count: size)))
    } catch {
        print(error)
        // So that libFuzzer keeps the input.
        abort()
    }
    return 0
}

private enum Fuzzer {
    static let target =
        ProcessInfo.processInfo.environment["KATA_FUZZ_TARGET"].flatMap { FuzzTarget(rawValue: $0) } ?? .configuration
}
