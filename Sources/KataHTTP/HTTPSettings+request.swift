import AsyncHTTPClient
import Kata
import NIOCore
import NIOHTTP1

extension HTTPSettings {
    /// The request that brings a job to the server.
    func request(for job: Job, to url: String, pipeline: String, now: Timestamp) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url)
        request.method = .RAW(value: method)
        let bytes = bytes(of: job, pipeline: pipeline)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if !request.headers.contains(name: "User-Agent") { request.headers.add(name: "User-Agent", value: "katad") }
        if let trace = job.traceParent, !request.headers.contains(name: "traceparent") {
            request.headers.add(name: "traceparent", value: trace.text)
        }
        // The same for each attempt, so that a receiver can tell that it has seen the job before.
        let id = "kata-\(job.id)"
        let timestamp = now.milliseconds / 1_000
        request.headers.add(name: "Kata-Attempt", value: "\(job.attempt)")
        request.headers.add(name: "webhook-id", value: id)
        request.headers.add(name: "webhook-timestamp", value: "\(timestamp)")
        if let signature {
            request.headers.add(
                name: "webhook-signature", value: signature.sign(id: id, timestamp: timestamp, body: bytes))
        }
        if method != "GET" { request.body = .bytes(ByteBuffer(bytes: bytes)) }
        return request
    }

    private func bytes(of job: Job, pipeline: String) -> [UInt8] {
        switch body {
        case .item: return Array(job.item.utf8)
        case .json:
            var json = JSONWriter()
            json.object { json in
                json.field("job", job.id)
                json.field("attempt", job.attempt)
                json.field("pipeline", pipeline)
                json.field("item", job.item)
            }
            return json.bytes
        }
    }
}
