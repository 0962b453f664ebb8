import CLinux
import Glibc

/// The pipes to a process that is about to be started.
struct ProcessPipes {
    /// Our ends, which never block.
    let input: Int32
    let output: Int32
    let error: Int32
    private let theirs: [Int32]

    /// - Throws: ``ProcessLaunchError``; nothing is left open then.
    init(_ launch: ProcessLaunch) throws {
        var opened: [(read: Int32, write: Int32)] = []
        for _ in 0..<3 {
            var ends: (Int32, Int32) = (-1, -1)
            let code = withUnsafeMutablePointer(to: &ends) { pointer in
                pointer.withMemoryRebound(to: Int32.self, capacity: 2) { clinux_pipe($0) }
            }
            if code < 0 {
                let failure = ProcessLaunchError(launch, code: errno)
                for pipe in opened { Self.close([pipe.read, pipe.write]) }
                throw failure
            }
            opened.append((ends.0, ends.1))
        }
        input = opened[0].write
        output = opened[1].read
        error = opened[2].read
        theirs = [opened[0].read, opened[1].write, opened[2].write]
        // Only our ends: theirs are to behave as a program expects.
        for descriptor in [input, output, error] { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
    }

    /// Starts the process with the other ends, which are closed here whatever comes of it.
    ///
    /// - Throws: ``ProcessLaunchError``; our ends are closed then, too.
    func start(_ launch: ProcessLaunch) throws -> (process: pid_t, descriptor: Int32) {
        defer { Self.close(theirs) }
        do {
            return try launch.start(input: theirs[0], output: theirs[1], error: theirs[2])
        } catch {
            Self.close([input, output, self.error])
            throw error
        }
    }

    private static func close(_ descriptors: [Int32]) {
        for descriptor in descriptors { Glibc.close(descriptor) }
    }
}
