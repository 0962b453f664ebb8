import CLinux
import Glibc

/// The pipes to a process that is about to be started.
struct ProcessPipes {
    /// Our ends, which never block. There is no input where the process has nothing to read, from /dev/null.
    let input: Int32?
    let output: Int32
    let error: Int32
    private let theirs: [Int32]

    /// - Throws: ``ProcessLaunchError``; nothing is left open then.
    init(_ launch: ProcessLaunch, hasInput: Bool) throws {
        var opened: [Int32] = []
        do {
            func makePipe() throws -> (read: Int32, write: Int32) {
                var ends: (Int32, Int32) = (-1, -1)
                let code = withUnsafeMutablePointer(to: &ends) { pointer in
                    pointer.withMemoryRebound(to: Int32.self, capacity: 2) { clinux_pipe($0) }
                }
                if code < 0 { throw ProcessLaunchError(launch, code: errno) }
                opened += [ends.0, ends.1]
                return (ends.0, ends.1)
            }
            let standardInput: Int32
            if hasInput {
                let pipe = try makePipe()
                (standardInput, input) = (pipe.read, pipe.write)
            } else {
                standardInput = open("/dev/null", O_RDONLY | O_CLOEXEC)
                if standardInput < 0 { throw ProcessLaunchError(launch, code: errno) }
                opened.append(standardInput)
                input = nil
            }
            let (outputPipe, errorPipe) = (try makePipe(), try makePipe())
            (output, error) = (outputPipe.read, errorPipe.read)
            theirs = [standardInput, outputPipe.write, errorPipe.write]
        } catch {
            Self.close(opened)
            throw error
        }
        // Only our ends: theirs are to behave as a program expects.
        for descriptor in ours { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
    }

    /// Starts the process with the other ends, which are closed here whatever comes of it.
    ///
    /// - Throws: ``ProcessLaunchError``; our ends are closed then, too.
    func start(_ launch: ProcessLaunch) throws -> (process: pid_t, descriptor: Int32) {
        defer { Self.close(theirs) }
        do {
            return try launch.start(input: theirs[0], output: theirs[1], error: theirs[2])
        } catch {
            Self.close(ours)
            throw error
        }
    }

    private var ours: [Int32] { [input, output, error].compactMap { $0 } }

    private static func close(_ descriptors: [Int32]) {
        for descriptor in descriptors { Glibc.close(descriptor) }
    }
}
