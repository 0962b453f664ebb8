import Foundation
import Kata
import Logging
import Testing

@Suite("The payload of a job")
struct PayloadTests {
    private struct Photo: Codable, Equatable {
        struct Size: Codable, Equatable {
            var width: Int
        }

        var path: String
        var size: Size?
        var takenAt: Date?
    }

    private enum Color: String, Codable { case red, green }

    @Test("is the item's JSON")
    func json() throws {
        let job = Self.job(#"{"path":"a.jpg","size":{"width":640},"takenAt":"2026-02-03T04:05:06Z","more":1}"#)
        let photo = try job.payload(as: Photo.self)
        #expect(photo.path == "a.jpg")
        #expect(photo.size?.width == 640)
        #expect(photo.takenAt == Date(timeIntervalSince1970: 1_770_091_506))
        #expect(try Self.job("[1, 2, 3]").payload() == [1, 2, 3])
        #expect(try Self.job("17").payload() == 17)
    }

    @Test(
        "is a text as it came, even if it looks like something else", arguments: ["", "a b", "17", #""quoted""#, "{}"])
    func text(item: String) throws {
        #expect(try Self.job(item).payload() == item)
    }

    @Test("is what is made of a text")
    func enumeration() throws {
        #expect(try Self.job("green").payload() == Color.green)
        #expect(throws: JobFailure.self) { try Self.job("blue").payload(as: Color.self) }
    }

    @Test(
        "that is not what was expected fails for good, with a reason that names the field",
        arguments: [
            ("{}", "the item has no 'path'"),
            (#"{"path":"a","size":{}}"#, "the item's 'size' has no 'width'"),
            (#"{"path":"a","size":{"width":"x"}}"#, "the item's 'size.width' is of another kind: "),
            (#"{"path":"a","size":{"width":1.5}}"#, "the item has a number that does not fit its field"),
            (
                #"{"path":"a","size":{"width":99999999999999999999}}"#,
                "the item has a number that does not fit its field"
            ),
            (#"{"path":null}"#, "the item's 'path' is of another kind: "),
            (#"{"path":"a","takenAt":"yesterday"}"#, "the item's 'takenAt' can't be read: "),
            ("[]", "the item is of another kind: "),
            ("no JSON", "the item is no JSON: "),
            ("", "the item is no JSON: "),
            (#"{"path":"#, "the item is no JSON: "),
        ])
    func faults(item: String, reason: String) throws {
        let failure = try #require(throws: JobFailure.self) { try Self.job(item).payload(as: Photo.self) }
        #expect(failure.reason.hasPrefix(reason), "\(failure.reason)")
        #expect(failure.retry == .never)
    }

    @Test("becomes an item that has it again")
    func roundTrip() throws {
        let photo = Photo(path: "a/b \"c\"\n.jpg", size: .init(width: 1), takenAt: Date(timeIntervalSince1970: 0))
        let item = try NewJob(payload: photo).item
        #expect(item == #"{"path":"a/b \"c\"\n.jpg","size":{"width":1},"takenAt":"1970-01-01T00:00:00Z"}"#)
        #expect(try Self.job(item).payload() == photo)
        #expect(try NewJob(payload: "a text").item == "a text")
        #expect(try NewJob(payload: Color.red).item == "red")
        #expect(try NewJob(payload: 17).item == "17")
    }

    @Test("is what a payload handler is given")
    func handler() async throws {
        let handler = PhotoHandler()
        let job = Self.job(#"{"path":"a.jpg"}"#)
        let context = JobContext(job: job, logger: .init(label: "test"))
        await #expect(throws: JobFailure("a.jpg of job 1")) { try await handler.handle(job, in: context) }
        await #expect(throws: JobFailure("the item has no 'path'", retry: .never)) {
            try await handler.handle(Self.job("{}"), in: context)
        }
    }

    private struct PhotoHandler: PayloadHandler {
        func handle(_ payload: Photo, of job: Job, in context: JobContext) async throws {
            throw JobFailure("\(payload.path) of job \(job.id)")
        }
    }

    private static func job(_ item: String) -> Job { Job(id: 1, runID: 1, item: item) }
}
