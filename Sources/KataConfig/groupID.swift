import Foundation

/// The number of the group of that name; `nil` if there is none.
func groupID(_ name: String) -> UInt32? {
    // The configuration is read by one thread at a time.
    getgrnam(name)?.pointee.gr_gid
}
