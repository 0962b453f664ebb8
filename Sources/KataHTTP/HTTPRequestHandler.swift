import AsyncHTTPClient
package import Kata
import NIOCore

/// Sends each job to a URL.
///
/// 2xx means done. 429 and 503 are tried again when `Retry-After` says so; other 4xx, and redirects, fail for good; anything
/// else is tried again. A server that can't be connected to can do no job, if all jobs go to it; if each item says where it
/// goes, that is the failure of this one, which is tried again. Whatever a server answers, the requests that are in flight
/// beside it go on.
package struct HTTPRequestHandler: JobHandler, Plugin {
    /// The name of the handler in katad for which this one sends the requests.
    package static let pluginName = "http"
    /// How many requests the handler has in flight at the most.
    package static let concurrency = 10_000

    private let settings: HTTPSettings
    private let wallClock: any WallClock
    private let client: RequestClient

    /// Reads what katad has made of its configuration; see ``HTTPSettings``.
    package init(configuration section: inout ConfigurationSection, context: PluginContext) {
        settings = HTTPSettings(&section)
        wallClock = context.wallClock
        client = RequestClient(settings, connections: FileDescriptorLimit.connections(wanted: Self.concurrency))
    }

    /// Sends a request, prints the head of the answer, and keeps the beginning of its body.
    ///
    /// - Throws: ``JobFailure``; `CancellationError`.
    package func handle(_ job: Job, in context: JobContext) async throws {
        let target =
            if let hosts = settings.hosts { try await RequestTarget(item: job, hosts) } else {
                RequestTarget(url: settings.url)
            }
        let request = settings.request(for: job, to: target.url, pipeline: context.pipeline, now: wallClock.now())
        let response: HTTPClientResponse
        let answer: AnswerText
        do {
            (response, answer) = try await client.withAnswer(to: request, at: target) { response in
                context.print(AnswerHead(response).text, to: .err)
                return (response, try await read(response.body))
            }
        } catch {
            // The attempt was cut off, in whatever way the client says so.
            if Task.isCancelled { throw CancellationError() }
            let isDown = target.isForAllJobs && HTTPFailure.isWithoutConnection(error)
            throw JobFailure(HTTPFailure.reason(error, url: target.name), retry: isDown ? .unavailable : .again)
        }
        answer.keep(in: context)
        if let failure = JobFailure(httpStatus: response.status, response.headers, now: wallClock.now()) {
            throw failure
        }
    }

    /// Closes the connections. No jobs come any more.
    package func stop() async { await client.stop() }

    /// The first of what the server says.
    private func read(_ body: HTTPClientResponse.Body) async throws -> AnswerText {
        var answer = AnswerText(limit: settings.outputLimit)
        for try await part in body {
            answer.append(part.readableBytesView)
            // Nobody reads on: the connection is closed, whatever is still to come.
            if answer.isCut { break }
        }
        return answer
    }
}
