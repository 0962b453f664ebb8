import Foundation
public import Kata
import Logging
import Synchronization

/// A program that is a plugin: it does jobs in a process of its own, which the daemon starts and talks to over the plugin
/// protocol. The same handler can be part of a daemon of your own instead.
///
/// ```swift
/// @main
/// struct Resize: PayloadHandler, Plugin {
///     static func main() {
///         PluginProgram.main(handler: Resize.self, version: "1.4.0", concurrency: 8)
///     }
///     // …
/// }
/// ```
///
/// Standard output belongs to the protocol; what the program prints is logged, and so is what a logger is told.
public enum PluginProgram {
    private static let configurationExit: Int32 = 78

    /// Does jobs for as long as the daemon wants, and ends the process then.
    ///
    /// - Parameters:
    ///   - version: for people.
    ///   - concurrency: how many jobs it is given at once.
    public static func main<Handler: JobHandler & Plugin>(
        handler: Handler.Type, version: String? = nil, concurrency: Int = 1
    ) -> Never {
        let output = HostOutput()
        LoggingSystem.bootstrap { _ in HostLogHandler(output: output) }
        let logger = Logger(label: Handler.pluginName)
        // Messages are read here and jobs are done elsewhere, so that a cancellation is always seen.
        guard case .hello(let hello)? = next() else { fail("katad has to say hello first") }
        guard hello.protocolVersion == HostHello.protocolVersion else {
            fail(
                "katad speaks version \(hello.protocolVersion) of the plugin protocol, expected \(HostHello.protocolVersion)"
            )
        }
        guard hello.kind == "handler" else { fail("this is a handler, and katad asks for a \(hello.kind)") }
        let made = make(handler, hello, logger)
        output.send("hello") { json in
            json.raw(",\"protocol\":\(HostHello.protocolVersion),\"kind\":\"handler\",\"name\":")
            json.string(Handler.pluginName)
            if let version {
                json.raw(",\"version\":")
                json.string(version)
            }
            json.raw(",\"concurrency\":\(concurrency),\"pings\":true")
        }
        let conversation = HandlerConversation(made, pipeline: hello.pipeline, output: output, logger: logger)
        var hasGoodbye = false
        while let message = next() {
            switch message {
            case .job(let request, let job): conversation.begin(job, request: request)
            case .cancel(let request): conversation.cancel(request: request)
            case .ping(let id): output.send("pong") { $0.raw(",\"id\":\(id)") }
            case .goodbye: hasGoodbye = true
            case .hello, .other: break
            }
        }
        // Without a goodbye the host is gone, and nobody waits for what is in hand.
        if !hasGoodbye { exit(1) }
        stop(made)
        exit(0)
    }

    private static func make<Handler: JobHandler & Plugin>(
        _ handler: Handler.Type, _ hello: HostHello, _ logger: Logger
    ) -> Handler {
        let report = ConfigurationSection.Report()
        var section = ConfigurationSection(hello.config, title: "config", report: report)
        let context = PluginContext(logger: logger, pipeline: hello.pipeline)
        let made = Handler(configuration: &section, context: context)
        section.finish()
        do {
            try report.throwIfFaulty()
        } catch {
            fail("\(error)", exit: configurationExit)
        }
        return made
    }

    /// The next message; `nil` at the end.
    private static func next() -> HostMessage? {
        guard let line = readLine() else { return nil }
        do {
            return try HostMessage(line: line)
        } catch {
            fail("katad said what is no message: \(error)")
        }
    }

    /// Lets the handler give back what it holds.
    private static func stop(_ handler: any JobHandler) {
        let isDone = DispatchSemaphore(value: 0)
        Task {
            await handler.stop()
            isDone.signal()
        }
        isDone.wait()
    }

    /// Ends the process, with the reason on standard error, which is logged.
    private static func fail(_ reason: String, exit code: Int32 = 70) -> Never {
        FileHandle.standardError.write(Data("\(reason)\n".utf8))
        exit(code)
    }
}
