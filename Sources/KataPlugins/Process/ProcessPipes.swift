import CLinux
import Glibc

/// The pipes to a process that is about to be started.
struct ProcessPipes {
    /// Our ends, which never block. There is no input where the process has nothing more to read.
    let input: Int32?
    let output: Int32
    let error: Int32
    /// Where the process says how far it is; `nil` unless it can.
    let reports: Int32?
    /// How many bytes of the input wait in the pipe.
    let written: Int
    private let theirs: [Int32]

    /// What the process is given to read.
    enum Input: Sendable {
        /// Nothing, from /dev/null.
        case nothing
        /// These bytes and then the end. As many as fit into the pipe are there before the process is.
        case bytes(ArraySlice<UInt8>)
        /// What is sent to the process, until its input is closed.
        case stream
    }

    /// - Throws: ``ProcessLaunchError``; nothing is left open then.
    init(_ launch: ProcessLaunch, input: Input) throws {
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
            switch input {
            case .nothing:
                standardInput = open("/dev/null", O_RDONLY | O_CLOEXEC)
                if standardInput < 0 { throw ProcessLaunchError(launch, code: errno) }
                opened.append(standardInput)
                (self.input, written) = (nil, 0)
            case .bytes(let bytes):
                let pipe = try makePipe()
                standardInput = pipe.read
                _ = fcntl(pipe.write, F_SETFL, O_NONBLOCK)
                written = bytes.withUnsafeBytes { max(0, write(pipe.write, $0.baseAddress, $0.count)) }
                if written < bytes.count {
                    self.input = pipe.write
                } else {
                    self.input = nil
                    Glibc.close(pipe.write)
                    opened.removeAll { $0 == pipe.write }
                }
            case .stream:
                let pipe = try makePipe()
                (standardInput, self.input, written) = (pipe.read, pipe.write, 0)
            }
            let (outputPipe, errorPipe) = (try makePipe(), try makePipe())
            (output, error) = (outputPipe.read, errorPipe.read)
            let reportsPipe = launch.hasReports ? try makePipe() : nil
            reports = reportsPipe?.read
            theirs = [standardInput, outputPipe.write, errorPipe.write] + [reportsPipe?.write].compactMap { $0 }
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
    func start(_ launch: ProcessLaunch) throws -> StartedProcess {
        defer { Self.close(theirs) }
        do {
            return try launch.start(
                input: theirs[0], output: theirs[1], error: theirs[2], reports: theirs.count > 3 ? theirs[3] : nil)
        } catch {
            Self.close(ours)
            throw error
        }
    }

    private var ours: [Int32] { [input, output, error, reports].compactMap { $0 } }

    private static func close(_ descriptors: [Int32]) {
        for descriptor in descriptors { Glibc.close(descriptor) }
    }
}
