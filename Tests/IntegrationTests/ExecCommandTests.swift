import Foundation
import KataTestSupport
import Testing

@Suite("A command without a file", .timeLimit(.minutes(10)))
struct ExecCommandTests {
    private let workplace: Workplace
    /// Whether another user can be tried.
    private static let isRoot = geteuid() == 0
    private static let nobody = "65534"

    init() throws {
        workplace = try Workplace()
    }

    /// The environment of a user with the workplace for a home.
    private var home: [String: String] {
        ["HOME": workplace.directory.path, "XDG_RUNTIME_DIR": workplace.path("run"), "TOKEN": "hush"]
    }

    @Test("goes to a daemon that needs no configuration, in this directory and in order of priority")
    func user() async throws {
        try workplace.write("one of the system's, which has faults", to: "kata.yaml")
        let daemon = try await startUserDaemon()
        let first = try await exec(
            "sh", "-c", "pwd -P; touch begun; while [ ! -e go ]; do sleep 0.01; done; echo $TOKEN")
        try await #require(eventually { FileManager.default.fileExists(atPath: workplace.path("begun")) })
        // One is on the queue by then and one in the producer's hands, and those behind them are in order of priority.
        _ = try await exec("true")
        let second = try await exec("sh", "-c", "echo second >> order")
        let third = try await exec("sh", "-c", "echo third >> order")
        let fourth = try await exec(options: ["--priority", "5", "--env", "TOKEN"], "sh", "-c", "echo $TOKEN >> order")
        try workplace.write("", to: "go")
        for id in [first, second, third, fourth] { try await wait(for: id, toBe: "done") }
        let output = try await job(first).attempts?.last?.output
        #expect(output == "\(try realPath(workplace.directory.path))\n\n", "TOKEN was not asked for")
        let order = try workplace.read("order").split(separator: "\n")
        #expect(order.firstIndex(of: "hush") ?? 9 < order.firstIndex(of: "third") ?? 0, "\(order)")

        var status = stat()
        for path in [".local/state/kata", "run/kata"] {
            try #require(stat(workplace.path(path), &status) == 0)
            #expect(status.st_mode & 0o777 == 0o700)
        }
        try #require(stat(workplace.path(".local/state/kata/kata.db"), &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0, "\(daemon.standardError)")
        #expect(daemon.standardError.contains("jobs submitted"))
        #expect(daemon.standardError.contains("uid=\(geteuid())"))
    }

    @Test("goes to the user's configuration where there is one, and that is reloaded")
    func configuration() async throws {
        let file = try writeUserConfiguration(consumer: "{ plugin: command }")
        let daemon = try await startUserDaemon()
        #expect(try await ctl("exec", "--pipeline", "own", "true").code == 0)
        let refused = try await ctl("exec", "true")
        #expect(refused.code == 64 && refused.errors.contains("there is no pipeline 'commands'"))
        try FileManager.default.removeItem(atPath: file)
        daemon.kill(SIGHUP)
        try await #require(eventually { daemon.standardError.contains("configuration reloaded") })
        #expect(try await ctl("exec", "true").code == 0)
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
        let check = try await workplace.run(Binaries.katad, ["--user", "--check"], environment: home)
        #expect(check.output == "katad --user: valid, 1 pipeline\n")
    }

    @Test("has the values of its variables in the database, and nowhere else")
    func secrets() async throws {
        try workplace.write(
            """
            log_level: debug
            pipelines:
              commands:
                queue_size: 1
                worker_count: 1
                export: results.txt
                retry: { attempts: 1 }
                producer: { plugin: inbox }
                consumer: { plugin: command }
            """, to: "kata.yaml")
        try await workplace.withDaemon { daemon in
            let submitted = try await workplace.run(
                Binaries.kataControl,
                [
                    "exec", "--socket", workplace.socket, "--env", "TOKEN", "--env", "B=hush", "--", "sh", "-c",
                    "test -n \"$TOKEN$B\"",
                ],
                environment: ["TOKEN": "hush"])
            try #require(submitted.code == 0, "\(submitted.errors)")
            let failed = try await workplace.run(
                Binaries.kataControl, ["exec", "--socket", workplace.socket, "--env", "TOKEN", "--", "false"],
                environment: ["TOKEN": "hush"])
            let id = try #require(Int(submitted.output.trimmingCharacters(in: .newlines)))
            let second = try #require(Int(failed.output.trimmingCharacters(in: .newlines)))
            try await workplace.wait(for: id, toBe: "done")
            try await workplace.wait(for: second, toBe: "failed")
            let place = "# in \(try realPath(workplace.directory.path))"
            #expect(try await workplace.job(second).item == "TOKEN=… false \(place)")
            var shown: [String] = []
            for arguments in [
                ["jobs"], ["jobs", "--json"], ["jobs", "\(id)"], ["jobs", "\(id)", "--json"], ["explain", "\(id)"],
                ["status", "--json"], ["export"], ["export", "--format", "ndjson"], ["export", "--format", "csv"],
                ["prune", "commands", "--state", "failed", "--older-than", "0s", "--archive", "archive.json"],
            ] {
                let outcome = try await workplace.run(
                    Binaries.kataControl, arguments + ["--socket", workplace.socket])
                shown.append(outcome.output + outcome.errors)
            }
            try await #expect(workplace.ctl("jobs", "--item", "TOKEN=…", "--json").output.contains("\"id\" : \(id)"))
            try await #expect(workplace.request("GET", "/v1/jobs?item=hush").object["jobs"] as? [String] == [])
            shown.append(
                try await workplace.run(Binaries.kataControl, ["export", "--database", workplace.database]).output)
            try await #require(eventually { (try? workplace.read("results.txt").contains("B=… TOKEN=… sh")) ?? false })
            shown.append(try workplace.read("results.txt"))
            shown.append((try? workplace.read("archive.json")) ?? "")
            shown.append(daemon.standardError)
            for text in shown { #expect(!text.contains("hush"), "\(text)") }
            #expect(try await workplace.query("SELECT count(*) FROM jobs WHERE item LIKE '%hush%'") != "0\n")
        }
    }

    @Test("is refused to a request that something else has passed on")
    func forwarded() async throws {
        try workplace.writeInbox(consumer: "{ plugin: command, allow: group }")
        try await workplace.withDaemon { _ in
            let body = Array(#"{"item": {"command": ["true"]}}"#.utf8)
            for header in ["X-Forwarded-For", "Origin", "Forwarded", "Cookie"] {
                let answer = try await workplace.request(
                    "POST", "/v1/pipelines/mail/jobs", headers: ["Content-Type": "application/json", header: "x"],
                    body: body)
                #expect(answer.status == 403, "\(answer.body)")
            }
            #expect(try await workplace.post(#"{"item": {"command": ["true"]}}"#).status == 201)
            let bad = try await workplace.post(#"{"item": "make all"}"#)
            #expect(bad.status == 422 && bad.detail.contains("the item is no command"), "\(bad.body)")
            #expect(try await workplace.count("jobs") == 1)
        }
    }

    @Test(
        "is refused to other users, root's too, unless the pipeline allows them",
        .enabled(if: isRoot, "it takes root to be another user"), arguments: [false, true])
    func others(areAllowed: Bool) async throws {
        let allow = areAllowed ? ", allow: group" : ""
        try workplace.writeInbox(consumer: "{ plugin: command\(allow) }", top: "socket_mode: 0666")
        try #require(chmod(workplace.directory.path, 0o755) == 0)
        let daemon = try await workplace.startAnsweringDaemon()
        // The daemon is root's, so only the other direction can be tried here.
        let arguments = [
            "--reuid=\(Self.nobody)", "--regid=\(Self.nobody)", "--clear-groups", Binaries.kataControl, "exec",
            "--socket",
            workplace.socket, "--pipeline", "mail", "--directory", "/", "--", "true",
        ]
        let outcome = try await workplace.run("setpriv", arguments)
        if areAllowed {
            #expect(outcome.code == 0, "\(outcome.errors)")
        } else {
            #expect(outcome.code == 77)
            #expect(outcome.errors.contains("takes jobs only from the daemon's user"), "\(outcome.errors)")
            #expect(outcome.errors.contains("yours is \(Self.nobody)"))
        }
        // What does not bring a command they may do, and it is logged whose doing it was.
        let pause = try await workplace.run(
            "setpriv",
            [
                "--reuid=\(Self.nobody)", "--regid=\(Self.nobody)", "--clear-groups", Binaries.kataControl, "pause",
                "mail", "--socket", workplace.socket,
            ])
        #expect(pause.code == 0, "\(pause.errors)")
        #expect(daemon.standardError.contains("changed by a client"))
        #expect(
            daemon.standardError.contains("request=\"POST /v1/pipelines/mail/pause\" uid=\(Self.nobody)"),
            "\(daemon.standardError)")
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test("needs a pipeline whose jobs come from nowhere else")
    func source() async throws {
        try workplace.writeKata()
        let text = try workplace.read("kata.yaml").replacing(
            "{ plugin: sleep, duration: 100ms }", with: "{ plugin: command }")
        try workplace.write(text, to: "kata.yaml")
        let outcome = try await workplace.runDaemon("--check")
        #expect(outcome.code == 78)
        #expect(
            outcome.errors.contains("'command' takes only what is submitted, expected { plugin: inbox }"),
            "\(outcome.errors)")
    }

    @Test("says what is missing: a daemon, a variable, a command, a directory")
    func usage() async throws {
        var outcome = try await ctl("exec", "true")
        #expect(outcome.code == 69 && outcome.errors.contains("katad --user"), "\(outcome.errors)")
        outcome = try await ctl("exec", "--env", "NONE", "--", "true")
        #expect(outcome.code == 64 && outcome.errors.contains("--env is 'NONE', which is not set here"))
        for arguments in [["exec"], ["exec", "--"]] {
            outcome = try await workplace.run(Binaries.kataControl, arguments, environment: home)
            #expect(outcome.code == 64 && outcome.errors.contains("name a command"), "\(outcome.errors)")
        }
        outcome = try await ctl("exec", "--prio", "5", "true")
        #expect(outcome.code == 64, "\(outcome.output)")
        outcome = try await ctl("exec", "--when", "done", "true")
        #expect(outcome.code == 64 && outcome.errors.contains("--when needs --after"))
        outcome = try await ctl("exec", "--help")
        #expect(outcome.code == 0 && outcome.output.contains("USAGE: kata-ctl exec"), "\(outcome.errors)")
        outcome = try await ctl("exec", "--directory", "none", "--", "true")
        #expect(outcome.code == 64 && outcome.errors.contains("cannot use the directory 'none'"))
    }

    @Test("has its socket given to the group that the configuration names")
    func group() async throws {
        var groups = [gid_t](repeating: 0, count: 64)
        let count = getgroups(Int32(groups.count), &groups)
        let own = getegid()
        // One that is not the usual one, if this user has one; root may give it to any.
        let group = geteuid() == 0 ? 65_534 : groups.prefix(Int(max(0, count))).first { $0 != own } ?? own
        let name = try #require(getgrgid(group)).pointee.gr_name
        try workplace.writeInbox(top: "socket_group: \(String(cString: try #require(name)))")
        try await workplace.withDaemon { _ in
            var status = stat()
            try #require(stat(workplace.socket, &status) == 0)
            #expect(status.st_gid == group)
            #expect(status.st_mode & 0o777 == 0o660)
        }
    }

    private func startUserDaemon() async throws -> ChildProcess {
        let daemon = try ChildProcess(
            Binaries.katad, ["--user"], environment: home, in: workplace.directory)
        try await #require(
            eventually {
                if daemon.hasEnded { return true }
                return try await ctl("status").code == 0
            })
        try #require(!daemon.hasEnded, "\(daemon.standardError)")
        return daemon
    }

    private func writeUserConfiguration(consumer: String) throws -> String {
        let directory = workplace.path(".config/kata")
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        return try workplace.write(
            """
            pipelines:
              own: { queue_size: 1, worker_count: 1, producer: { plugin: inbox }, consumer: \(consumer) }
            """, to: ".config/kata/kata.yaml")
    }

    private func ctl(_ arguments: String...) async throws -> Workplace.Outcome {
        try await workplace.run(Binaries.kataControl, arguments, environment: home)
    }

    private func exec(options: [String] = [], _ command: String...) async throws -> Int {
        let outcome = try await workplace.run(
            Binaries.kataControl, ["exec"] + options + ["--"] + command, environment: home)
        try #require(outcome.code == 0, "\(outcome.errors)")
        return try #require(Int(outcome.output.trimmingCharacters(in: .newlines)))
    }

    private func job(_ id: Int) async throws -> JobView {
        let outcome = try await ctl("jobs", "\(id)", "--json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(JobView.self, from: Data(outcome.output.utf8))
    }

    private func wait(for id: Int, toBe state: String) async throws {
        try await #require(eventually { try await job(id).state == state })
    }

    private func realPath(_ path: String) throws -> String {
        let resolved = try #require(realpath(path, nil))
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
