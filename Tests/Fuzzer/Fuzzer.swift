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

    /// Gives libFuzzer texts to begin with; without any, it finds few of the words that mean something.
    static func writeCorpus() {
        guard let directory = CommandLine.arguments.dropFirst().last, !directory.hasPrefix("-") else { return }
        for (number, text) in target.corpus.enumerated() {
            do {
                try text.write(toFile: "\(directory)/text-\(number)", atomically: false, encoding: .utf8)
            } catch {
                print("no text to begin with was written: \(error)")
            }
        }
    }
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>, Int) -> Int32
) -> Int32

/// The package manager gives the main function of an executable a name of its own, and takes it for `main`; libFuzzer's is not
/// used then.
@_cdecl("kata_fuzz_main")
public func main(_ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
    Fuzzer.writeCorpus()
    var count = count
    var arguments = arguments
    return runDriver(&count, &arguments) { fuzz($0, $1) }
}
