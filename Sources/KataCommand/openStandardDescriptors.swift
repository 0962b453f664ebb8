import Glibc

/// Opens `/dev/null` in the place of standard descriptors that are closed, so that no other file gets their numbers. To
/// be called before any file is opened.
public func openStandardDescriptors() {
    var descriptor = open("/dev/null", O_RDWR)
    while (0...STDERR_FILENO).contains(descriptor) { descriptor = open("/dev/null", O_RDWR) }
    if descriptor > STDERR_FILENO { close(descriptor) }
}
