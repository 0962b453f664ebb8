import Glibc
import Kata
import KataAPI
import NIOHTTP1

extension HTTPRequest {
    /// Headers of requests that something else has passed on, such as a proxy, or that a browser sends. Their connection says
    /// nothing of the one who asks.
    private static let signsOfForwarding = [
        "Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Server",
        "X-Real-IP", "Origin",
        "Referer", "Sec-Fetch-Site", "Cookie", "Authorization",
    ]

    /// Whether the request comes from somewhere else than the process at the other end of the connection.
    var isForwarded: Bool { Self.signsOfForwarding.contains { headers.contains(name: $0) } }

    /// Checks that whoever asks may submit jobs to the pipeline, and change the items of its jobs.
    ///
    /// - Throws: ``ProblemDocument`` with 403.
    func authorize(submittingTo pipeline: Pipeline) throws {
        guard let intake = pipeline.configuration.handler.intake else { return }
        let detail: String
        switch (intake.submitters, isForwarded ? .unknown : peer) {
        case (_, .unknown):
            detail =
                "pipeline '\(pipeline.name)' takes jobs only over the daemon's socket, from those who ask themselves; use kata-ctl"
        case (.localUsers, .user): return
        case (.owner, .user) where peer.isDaemonsUser: return
        case (.owner, .user(let user)):
            detail =
                "pipeline '\(pipeline.name)' takes jobs only from the daemon's user, who has the number \(geteuid()), and yours is \(user); "
                + "have a daemon of your own, as with 'katad --user', or 'allow: group' in the pipeline's consumer"
        }
        throw ProblemDocument(status: 403, title: "Not allowed", detail: detail)
    }
}
