import KataTestSupport

/// What clients send on a connection: requests that are nearly right, one or several without waiting for answers, in pieces.
struct RequestInputs {
    private let seed: UInt64
    private let valid: [String]
    /// Of whole requests. Most of what becomes of them is no HTTP any more.
    private let requests: Mutations
    /// Of a method and what it is for, and of bodies: what reaches the routes.
    private let targets: Mutations
    private let bodies: Mutations
    /// Stands for the length of the body behind it, so that a changed body is mostly read, too.
    private static let length = Array("@length".utf8)

    init(seed: UInt64) {
        self.seed = seed
        valid = Self.lines.map { "\($0) HTTP/1.1\r\nHost: kata\r\n\r\n" } + Self.others
        requests = Mutations(seed: seed, corpus: valid, words: Self.words)
        targets = Mutations(seed: seed, corpus: Self.lines, words: Self.targetWords)
        bodies = Mutations(seed: seed, corpus: Self.jobs + FuzzTarget.job.corpus, words: FuzzTarget.job.words)
    }

    /// The pieces that are sent one after the other. The same seed and number give the same ones.
    func pieces(_ number: Int) -> [[UInt8]] {
        var generator = SeededGenerator(seed: seed &+ UInt64(number) &* 0xd134_2543_de82_ef95)
        let count = Bool.random(using: &generator) ? 1 : Int.random(in: 2...6, using: &generator)
        let bytes = (0..<count).flatMap { request(number * 8 + $0, &generator) }
        return cut(bytes, &generator)
    }

    private func request(_ number: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: return Self.measured(requests.input(number))
        // So that there are jobs and runs, in all their states.
        case 1: return Self.measured(Array((valid.randomElement(using: &generator) ?? "").utf8))
        case 2:
            // A method, a space, and no other one.
            let line = targets.input(number).split(separator: UInt8(ascii: " "), maxSplits: 1)
            let target = line.dropFirst().joined().flatMap { byte in
                (0x21...0x7e).contains(byte) ? [byte] : Array("%\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
            }
            return Array(line.first ?? []) + Array(" ".utf8) + target + Array(" HTTP/1.1\r\nHost: kata\r\n\r\n".utf8)
        default:
            let body = bodies.input(number)
            let path = ["mail/jobs", "mail/jobs", "held/jobs", "mail/prune?state=done&before=2999-01-31T12:00:00Z"]
            let type = ["json", "x-ndjson"].randomElement(using: &generator) ?? ""
            let head = Self.post(path.randomElement(using: &generator) ?? "", "", "Content-Type: application/\(type)")
            return Self.measured(Array(head.utf8) + body)
        }
    }

    private static func measured(_ request: [UInt8]) -> [UInt8] {
        guard let mark = request.firstRange(of: length) else { return request }
        let end = request.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound ?? request.endIndex
        var request = request
        request.replaceSubrange(mark, with: "\(request.count - end)".utf8)
        return request
    }

    private func cut(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [[UInt8]] {
        let most: Int
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: most = 1 + bytes.count / 500
        case 1, 2: most = 1 + bytes.count / 4
        default: return [bytes]
        }
        var pieces: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(.random(in: 1...most, using: &generator))
            pieces.append(Array(piece))
            rest = rest.dropFirst(piece.count)
        }
        return pieces
    }

    /// Every route.
    private static let lines = [
        "GET /v1/status", "HEAD /v1/status", "GET /v1/plugins", "GET /v1/drain", "POST /v1/drain",
        "GET /v1/estimate?pipeline=numbers&workers=12", "POST /v1/pipelines/numbers/runs", "POST /v1/runs",
        "POST /v1/pipelines/numbers/abandon", "GET /v1/jobs?pipeline=mail&state=done&limit=5&before=40",
        "GET /v1/jobs?state=running&limit=1000", "GET /v1/jobs?tag=nightly", "GET /v1/jobs/17", "PATCH /v1/jobs/5",
        "HEAD /v1/jobs/3", "GET /v1/jobs/17/explain",
        "GET /v1/jobs/3/output?attempt=1&stream=err&since=2026-01-31T12:00:00Z", "HEAD /v1/jobs/3/output?follow=true",
        "GET /v1/jobs/1/output?since=10m&after=1769860800000k-4&follow=false",
        "GET /v1/jobs?item=x&error=no&key=k&unique=u&tag=t&since=2h&until=2026-01-31T12:00:00Z&group=0123456789ab",
        "GET /v1/failures?pipeline=mail&before=40",
        "POST /v1/jobs/retry?error=no&dry_run=true",
        "POST /v1/jobs/cancel?item=3&state=pending", "POST /v1/pipelines/mail/prune?state=done&item=3&dry_run=true",
        "POST /v1/jobs/17/cancel", "POST /v1/jobs/3/retry?with_dependents=true", "POST /v1/pipelines/mail/retry",
        "POST /v1/pipelines/held/cancel", "POST /v1/pipelines/mail/pause", "POST /v1/pipelines/mail/resume",
        "POST /v1/pipelines/mail/scale?workers=4", "GET /v1/schedules?pipeline=mail",
        "POST /v1/schedules/mail/beat/run", "POST /v1/schedules/mail/beat/pause", "POST /v1/schedules/mail/beat/resume",
        "GET /v1/pipelines/mail/prunable?state=done&before=2026-01-31T12:00:00Z&after=2&limit=10",
        "POST /v1/pipelines/mail/prune?state=failed&before=2999-01-31T12:00:00Z",
        "GET /v1/export?pipeline=numbers&run=latest&format=ndjson", "HEAD /v1/export?run=all&format=csv",
        "OPTIONS *", "GET http://kata/v1/status?%70ipeline=m%C3%A9",
    ]

    private static let jobs = [
        #"{"item":"new","priority":-5,"delay":"1s","key":null}"#, #"{"item":"a","tags":["x","y"]}"#,
        #"{"item":"text","priority":5,"unique":"u","max_attempts":3,"timeout":"1.5s"}"#,
        #"{"item":"late","timeout":"1ms","max_attempts":1}"#,
        #"{"item":"a","run_at":"2026-01-31T12:00:00Z","after":[1,"2-3"],"when":"finished"}"#,
        "{\"item\":\"a\"}\n{\"item\":\"b\",\"unique\":\"b\"}\n", #"{"ids":[1,2,3]}"#,
    ]

    /// Every form of a body, and what heads may have.
    private static let others =
        jobs.map { post("held/jobs", $0) } + [
            post("mail/jobs", #"{"item":"once"}"#, "Idempotency-Key: a-key-of-mine"),
            post("mail/jobs", "{\"item\":\"a\"}\n{\"item\":\"b\"}\n", "Content-Type: application/x-ndjson"),
            post("mail/jobs", "{\"item\":\"large\"}", "Expect: 100-continue"),
            "POST /v1/pipelines/mail/jobs HTTP/1.1\r\nHost: kata\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5;a=b\r\n{\"ite\r\na\r\nm\":\"text\"}\r\n0\r\nA: b\r\n\r\n",
            "GET /v1/status HTTP/1.0\r\n\r\n",
            "GET /v1/status HTTP/1.1\r\nHost: kata\r\nConnection: close\r\nAccept: */*\r\nUpgrade: h2c\r\n\r\n",
        ]

    private static func post(_ path: String, _ body: String, _ header: String = "Accept: */*") -> String {
        "POST /v1/pipelines/\(path) HTTP/1.1\r\nHost: kata\r\nContent-Length: @length\r\n\(header)\r\n\r\n\(body)"
    }

    private static let targetWords = [
        "/v1/", "pipelines/", "jobs/", "mail", "held", "numbers", "/jobs", "/explain", "/cancel", "/retry", "/runs",
        "/prune",
        "?", "&", "%00", "%zz", "%f0%9f", "%2F", "pipeline=", "state=", "failed", "pending", "cancelled", "limit=",
        "workers=",
        "10000", "before=", "after=", "run=", "latest", "format=", "csv", "with_dependents=true",
        "9999-12-31T23:59:59Z", "http://kata",
    ]

    private static let words = [
        "GET ", "POST ", "PATCH ", "HEAD ", "PUT ", "CONNECT ", "BREW ", " HTTP/1.1\r\n", " HTTP/1.0\r\n",
        " HTTP/2.0\r\n",
        "\r\n\r\n",
        "Host: kata\r\n", "Content-Length: 5\r\n", "Content-Length: 99999999\r\n", "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n", "Content-Type: application/x-ndjson\r\n", "Content-Encoding: gzip\r\n",
        "Expect: 100-continue\r\n", "Idempotency-Key: ", "Connection: close\r\n", "Upgrade: websocket\r\n", "0\r\n\r\n",
        "ffffffffffffffff\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ]
}
