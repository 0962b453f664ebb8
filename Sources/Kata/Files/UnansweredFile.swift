/// A file, or a directory, of a file system that does not answer, such as one whose server is gone.
package struct UnansweredFile: Error, Hashable, CustomStringConvertible {
    package let path: String

    package init(path: String) {
        self.path = path
    }

    package var description: String {
        "'\(path)' gives no answer; its file system may have lost its server or its disk"
    }
}
