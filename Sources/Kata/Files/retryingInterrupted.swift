import Glibc

/// Makes a system call again as long as a signal interrupts it.
///
/// - Returns: what the call returned in the end; negative means that it failed, as `errno` says.
package func retryingInterrupted(_ call: () -> Int) -> Int {
    while true {
        let result = call()
        if result >= 0 || errno != EINTR { return result }
    }
}
