import Glibc
import Synchronization

/// The functions of libpq, PostgreSQL's client library, which is loaded when it is first needed: who keeps jobs in an SQLite file
/// need not have it.
struct LibPQ: Sendable {
    typealias Connection = OpaquePointer
    typealias Result = OpaquePointer
    typealias Names = UnsafePointer<UnsafePointer<CChar>?>

    let connectStart: @convention(c) (Names?, Names?, Int32) -> Connection?
    let connectPoll: @convention(c) (Connection?) -> Int32
    let finish: @convention(c) (Connection?) -> Void
    let status: @convention(c) (Connection?) -> Int32
    let socket: @convention(c) (Connection?) -> Int32
    let errorMessage: @convention(c) (Connection?) -> UnsafePointer<CChar>?
    let setNonblocking: @convention(c) (Connection?, Int32) -> Int32
    let flush: @convention(c) (Connection?) -> Int32
    let consumeInput: @convention(c) (Connection?) -> Int32
    let isBusy: @convention(c) (Connection?) -> Int32
    let enterPipelineMode: @convention(c) (Connection?) -> Int32
    let pipelineSync: @convention(c) (Connection?) -> Int32
    let sendQueryParams:
        @convention(c) (
            Connection?, UnsafePointer<CChar>?, Int32, UnsafePointer<UInt32>?, Names?, UnsafePointer<Int32>?,
            UnsafePointer<Int32>?, Int32
        ) -> Int32
    let sendPrepare:
        @convention(c) (
            Connection?, UnsafePointer<CChar>?, UnsafePointer<CChar>?, Int32, UnsafePointer<UInt32>?
        ) -> Int32
    let sendQueryPrepared:
        @convention(c) (
            Connection?, UnsafePointer<CChar>?, Int32, Names?, UnsafePointer<Int32>?, UnsafePointer<Int32>?, Int32
        ) -> Int32
    let getResult: @convention(c) (Connection?) -> Result?
    let resultStatus: @convention(c) (Result?) -> Int32
    let resultErrorField: @convention(c) (Result?, Int32) -> UnsafePointer<CChar>?
    let rowCount: @convention(c) (Result?) -> Int32
    let isNull: @convention(c) (Result?, Int32, Int32) -> Int32
    let value: @convention(c) (Result?, Int32, Int32) -> UnsafePointer<CChar>?
    let length: @convention(c) (Result?, Int32, Int32) -> Int32
    let changedRows: @convention(c) (Result?) -> UnsafePointer<CChar>?
    let clear: @convention(c) (Result?) -> Void
    let notifies: @convention(c) (Connection?) -> UnsafeMutableRawPointer?
    let setNoticeProcessor:
        @convention(c) (
            Connection?, (@convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?) -> Void)?,
            UnsafeMutableRawPointer?
        ) -> OpaquePointer?
    let parseConnectionText:
        @convention(c) (UnsafePointer<CChar>?, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> OpaquePointer?
    let freeConnectionOptions: @convention(c) (OpaquePointer?) -> Void
    let freeMemory: @convention(c) (UnsafeMutableRawPointer?) -> Void

    /// The library, loaded once for the whole process.
    ///
    /// - Throws: ``LibPQUnavailable``.
    static func load() throws -> LibPQ { try loaded.get() }

    private static let loaded = Swift.Result { try LibPQ(names: ["libpq.so.5"]) }

    /// - Parameter names: of the library's file, the first of which that there is is taken.
    init(names: [String]) throws {
        guard let library = names.lazy.compactMap({ dlopen($0, RTLD_NOW | RTLD_LOCAL) }).first else {
            throw LibPQUnavailable(reason: "it can't be loaded: \(Self.latestError)")
        }
        func function<Function>(_ name: String) throws -> Function {
            guard let address = dlsym(library, name) else {
                throw LibPQUnavailable(reason: "it has no \(name), so it is older than PostgreSQL 14")
            }
            return unsafeBitCast(address, to: Function.self)
        }
        connectStart = try function("PQconnectStartParams")
        connectPoll = try function("PQconnectPoll")
        finish = try function("PQfinish")
        status = try function("PQstatus")
        socket = try function("PQsocket")
        errorMessage = try function("PQerrorMessage")
        setNonblocking = try function("PQsetnonblocking")
        flush = try function("PQflush")
        consumeInput = try function("PQconsumeInput")
        isBusy = try function("PQisBusy")
        enterPipelineMode = try function("PQenterPipelineMode")
        pipelineSync = try function("PQpipelineSync")
        sendQueryParams = try function("PQsendQueryParams")
        sendPrepare = try function("PQsendPrepare")
        sendQueryPrepared = try function("PQsendQueryPrepared")
        getResult = try function("PQgetResult")
        resultStatus = try function("PQresultStatus")
        resultErrorField = try function("PQresultErrorField")
        rowCount = try function("PQntuples")
        isNull = try function("PQgetisnull")
        value = try function("PQgetvalue")
        length = try function("PQgetlength")
        changedRows = try function("PQcmdTuples")
        clear = try function("PQclear")
        notifies = try function("PQnotifies")
        setNoticeProcessor = try function("PQsetNoticeProcessor")
        parseConnectionText = try function("PQconninfoParse")
        freeConnectionOptions = try function("PQconninfoFree")
        freeMemory = try function("PQfreemem")
    }

    private static var latestError: String { dlerror().map { String(cString: $0) } ?? "no reason is given" }
}

/// What libpq's functions give back, as its header has it.
extension LibPQ {
    enum ConnectionStatus {
        static let ok: Int32 = 0
        static let bad: Int32 = 1
    }

    enum Polling {
        static let failed: Int32 = 0
        static let reading: Int32 = 1
        static let writing: Int32 = 2
        static let ok: Int32 = 3
    }

    enum ResultStatus {
        static let commandOK: Int32 = 1
        static let rows: Int32 = 2
        static let pipelineSync: Int32 = 10
        static let pipelineAborted: Int32 = 11
    }

    enum ErrorField {
        static let severity = Int32(UInt8(ascii: "V"))
        static let state = Int32(UInt8(ascii: "C"))
        static let message = Int32(UInt8(ascii: "M"))
    }
}

extension LibPQ {
    /// The text of a notification: the channel's name, the other process and the text are its first three fields.
    static func payload(of notification: UnsafeMutableRawPointer) -> String {
        let offset = 2 * MemoryLayout<UnsafeRawPointer>.stride
        return notification.load(fromByteOffset: offset, as: UnsafePointer<CChar>?.self).map { String(cString: $0) }
            ?? ""
    }
}
