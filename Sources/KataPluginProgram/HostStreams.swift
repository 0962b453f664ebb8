@preconcurrency import Glibc

/// Takes the descriptors over that belong to the protocol.
///
/// What prints from here on gets to standard error, and so to the host's log, instead of between the messages; and a child of
/// this program can neither write there nor read the next job.
enum HostStreams {
    static func takeOver() -> (input: HostInput, output: HostOutput) {
        // Whoever writes to what nobody reads is to be told, and not killed.
        signal(SIGPIPE, SIG_IGN)
        let input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
        let output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
        let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
        dup2(nothing, STDIN_FILENO)
        dup2(STDERR_FILENO, STDOUT_FILENO)
        // Line by line, or what was printed would come late, and not at all after a crash.
        setvbuf(stdout, nil, _IOLBF, 0)
        return (HostInput(descriptor: input), HostOutput(descriptor: output))
    }
}
