import Foundation
import Kata
import Logging

/// Does what its items say, some of which a plugin had better not do.
struct Mischief: JobHandler, Plugin {
    static let pluginName = "mischief"

    init(configuration: inout ConfigurationSection, context: PluginContext) {}

    func handle(_ job: Job, in context: JobContext) async throws {
        switch job.item {
        case "log": context.logger.warning("a warning", metadata: ["request": "mine\"", "job": "other"])
        case "print": print("printed")
        case "progress":
            context.report(progress: "half")
            try await Task.sleep(for: .seconds(600))
        case "main actor": await MainActor.run { context.keep(output: "on the main actor") }
        case "read":
            // A child that reads whatever it can.
            let child = Process()
            child.executableURL = URL(fileURLWithPath: "/bin/cat")
            try child.run()
            child.waitUntilExit()
        case "broken pipe":
            let pipe = Pipe()
            try pipe.fileHandleForReading.close()
            try pipe.fileHandleForWriting.write(contentsOf: Data("x".utf8))
        case "long":
            context.logger.notice("\(String(repeating: "l", count: 10 << 20))")
            throw JobFailure(String(repeating: "r", count: 10 << 20), retry: .never)
        case "keep":
            context.keep(output: "kept")
            throw JobFailure("and failed", retry: .never)
        case "interrupted": throw JobFailure("not my fault", retry: .interrupted)
        case "past": throw JobFailure("again", retry: .after(.seconds(-1)))
        case "never": throw JobFailure("again", retry: .after(.seconds(Int64.max)))
        case "crash": fatalError("I crash")
        default: break
        }
    }
}
