@preconcurrency import Glibc

/// Takes over the descriptors that belong to the protocol.
///
/// What the program prints from here on goes to standard error, and so to the host's log, instead of between the
/// messages; and a child of this program can neither write there nor read the next job.
enum HostStreams {
    /// To be called once, before anything is read or printed.
    static func takeOver() -> (input: HostInput, output: HostOutput) {
        // A write to a pipe that nobody reads is to fail, and not to kill the process.
        signal(SIGPIPE, SIG_IGN)
        let input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
        let output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
        let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
        dup2(nothing, STDIN_FILENO)
        dup2(STDERR_FILENO, STDOUT_FILENO)
        // Line by line, because otherwise prints would come late, and not at all after a crash.
        setvbuf(stdout, nil, _IOLBF, 0)
        return (HostInput(descriptor: input), HostOutput(descriptor: output))
    }
}
