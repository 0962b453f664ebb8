import Kata

/// Where the request of a job goes.
struct RequestTarget: Sendable {
    let url: String
    /// What errors call it.
    let name: String
    /// The host with the address that is connected to in its place; `nil` if the client finds that itself.
    let address: (host: String, address: InternetAddress)?

    /// Whether all jobs go there, and not where the item says.
    var isForAllJobs: Bool { address == nil }

    /// What is configured, for all jobs.
    init(url: String) {
        self.url = url
        // What stands behind it may be secret.
        name = String(url.prefix { $0 != "?" && $0 != "#" })
        address = nil
    }

    /// What a job's item says, if the rules allow it. The host is looked up here, once: the address that was allowed is the
    /// one that is connected to.
    ///
    /// - Throws: ``JobFailure``.
    init(item job: Job, _ rules: HostRules) async throws {
        let parsed: ItemURL
        do {
            parsed = try ItemURL(job.item)
        } catch {
            throw JobFailure(error.description, retry: .never)
        }
        guard rules.allow(host: parsed.host) else {
            throw JobFailure("allow_hosts has no \(parsed.host), to which the item's URL leads", retry: .never)
        }
        url = parsed.text
        name = parsed.origin
        let addresses: [InternetAddress]
        do {
            addresses =
                if let address = InternetAddress(parsed.host) {
                    [address]
                } else {
                    try await HostResolver.addresses(of: parsed.host)
                }
        } catch let failure as HostResolver.Failure {
            throw JobFailure(failure.description, retry: .again)
        }
        let allowed = addresses.filter(rules.allow(address:))
        guard !allowed.isEmpty else {
            let found = addresses.map(\.description).joined(separator: ", ")
            throw JobFailure(
                "\(parsed.host) is at \(found.isEmpty ? "no address" : found), which is not public, and allow_hosts does not list it",
                retry: .never)
        }
        // Another attempt tries another address.
        address = (parsed.host, allowed[(max(1, job.attempt) - 1) % allowed.count])
    }
}
