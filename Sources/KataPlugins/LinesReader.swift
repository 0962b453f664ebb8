import Glibc
import Kata

/// Reads the lines of an open file, a batch at a time.
struct LinesReader: ~Copyable {
    private let path: String
    private let descriptor: Int32
    /// Called each time that a part of the file was read.
    private let progress: () -> Void
    /// How much is read at a time, in bytes.
    private static let blockSize = 1 << 18
    /// How much is read for a batch at the most before its first line is found, in bytes.
    private static let scanLimit = 1 << 22
    /// How much of the beginning and of the end of what was read is compared, in bytes.
    private static let checkedSize = 1 << 10
    private static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]

    /// Opens a regular file. Never waits for the other end of a pipe.
    ///
    /// - Throws: ``FileError``; ``LinesFault``.
    init(path: String, progress: @escaping () -> Void = {}) throws {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        if file < 0 { throw FileError(path: path, operation: "open", code: errno) }
        var status = stat()
        let type = fstat(file, &status) == 0 ? status.st_mode & S_IFMT : 0
        if type != S_IFREG { close(file) }
        if type == S_IFDIR { throw FileError(path: path, operation: "read", code: EISDIR) }
        if type != S_IFREG { throw LinesFault.notAFile(path: path) }
        self.path = path
        self.progress = progress
        descriptor = file
    }

    deinit { close(descriptor) }

    /// What was found of the next lines.
    private struct Batch {
        var cursor: LinesCursor
        var items: [String] = []
        /// Lines that can't be items, each with the number of items before it.
        var failures: [(index: Int, job: NewJob)] = []
        var count: Int { items.count + failures.count }
    }

    /// Reads the next lines.
    ///
    /// - Returns: good lines as items, and bad ones as jobs that have failed; or no line and the place to go on, if none
    ///   was found for long.
    /// - Throws: ``FileError``; ``LinesFault`` if the file is not the one that was read up to the cursor.
    func batch(from cursor: LinesCursor, limit: Int) throws -> SourceBatch {
        try check(cursor)
        var batch = Batch(cursor: cursor)
        if cursor.offset == 0, try read(at: 0, count: 3) == Self.byteOrderMark { batch.cursor.offset = 3 }
        var text: [UInt8] = []
        var scanned = 0
        while true {
            let block = try read(at: batch.cursor.offset + text.count, count: Self.blockSize)
            scanned += block.count
            text += block
            takeLines(&text, limit: limit, into: &batch)
            if block.isEmpty && batch.count < limit {
                // The last line may lack its line break.
                if !batch.cursor.isInside { take(text[...], into: &batch) }
                return sourceBatch(batch, progress: .exhausted)
            }
            if text.count > NewJob.itemLimit + 1 && batch.count < limit {
                fail(text[...], "is longer than \(NewJob.itemLimit) bytes", into: &batch)
                batch.cursor.isInside = true
                batch.cursor.offset += text.count
                text = []
            }
            if batch.count > 0 || scanned >= Self.scanLimit {
                batch.cursor.checksum = try checksum(before: batch.cursor.offset)
                return sourceBatch(batch, progress: .at(cursor: "\(batch.cursor)"))
            }
        }
    }

    private func sourceBatch(_ batch: Batch, progress: SourceProgress) -> SourceBatch {
        if batch.failures.isEmpty { return SourceBatch(items: batch.items, progress: progress) }
        var jobs: [NewJob] = []
        var next = 0
        for failure in batch.failures {
            jobs += batch.items[next..<failure.index].map { NewJob(item: $0) }
            jobs.append(failure.job)
            next = failure.index
        }
        jobs += batch.items[next...].map { NewJob(item: $0) }
        return SourceBatch(jobs: jobs, progress: progress)
    }

    /// Takes whole lines off the text.
    private func takeLines(_ text: inout [UInt8], limit: Int, into batch: inout Batch) {
        var rest = text[...]
        while batch.count < limit, let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
            if !batch.cursor.isInside { take(rest[..<newline], into: &batch) }
            batch.cursor.isInside = false
            batch.cursor.lines? += 1
            batch.cursor.offset += newline + 1 - rest.startIndex
            rest = rest[(newline + 1)...]
        }
        if batch.cursor.isInside {
            batch.cursor.offset += rest.count
            rest = []
        }
        text = Array(rest)
    }

    private func take(_ line: ArraySlice<UInt8>, into batch: inout Batch) {
        let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        if line.isEmpty { return }
        if line.count > NewJob.itemLimit {
            fail(line, "is longer than \(NewJob.itemLimit) bytes", into: &batch)
        } else if let item = String(validating: line, as: UTF8.self) {
            batch.items.append(item)
        } else {
            fail(line, "is not valid UTF-8", into: &batch)
        }
    }

    /// Adds a job that has failed. Its item names the line, so that it is not taken for what the line says.
    private func fail(_ line: ArraySlice<UInt8>, _ fault: String, into batch: inout Batch) {
        let place = batch.cursor.lines.map { "line \($0 + 1)" } ?? "the line at byte \(batch.cursor.offset)"
        let beginning = ExportFormat.escape(String(decoding: line.prefix(80), as: UTF8.self))
        let job = NewJob(
            item: "\(place) of '\(path)'",
            failure: "\(place) of '\(path)' \(fault) (byte \(batch.cursor.offset)): \(beginning)")
        batch.failures.append((batch.items.count, job))
    }

    private func check(_ cursor: LinesCursor) throws {
        let size = Int(FileState(of: descriptor)?.size ?? 0)
        if size < cursor.offset { throw LinesFault.shrunk(path: path, size: size, offset: cursor.offset) }
        if let expected = cursor.checksum, try checksum(before: cursor.offset) != expected {
            throw LinesFault.replaced(path: path, offset: cursor.offset)
        }
    }

    private func checksum(before offset: Int) throws -> UInt64 {
        let size = min(offset, Self.checkedSize)
        var checksum = Checksum()
        for start in [0, offset - size] {
            try read(at: start, count: size).withUnsafeBufferPointer { checksum.add($0) }
        }
        return checksum.value
    }

    private func read(at offset: Int, count size: Int) throws -> [UInt8] {
        var failure: Int32 = 0
        let block = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            let result = retryingInterrupted { pread(descriptor, buffer.baseAddress, buffer.count, offset) }
            if result < 0 { failure = errno }
            count = max(0, result)
        }
        if failure != 0 { throw FileError(path: path, operation: "read", code: failure) }
        progress()
        return block
    }
}
