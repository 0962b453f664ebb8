import Foundation
public import Kata
import Logging

/// A program that is a plugin: it does jobs in a process of its own, which the daemon starts and talks to over the
/// plugin protocol. The same handler can be part of a daemon of your own instead.
///
/// ```swift
/// @main
/// struct ResizePlugin {
///     static func main() {
///         PluginProgram.main(handler: ResizeHandler.self, version: "1.4.0", concurrency: 8)
///     }
/// }
/// ```
///
/// Standard input and output belong to the protocol. What the program prints is logged, and so is what a logger is
/// told.
public enum PluginProgram {
    private static let configurationExit: Int32 = 78

    /// Does jobs for as long as the daemon wants, and ends the process then. To be called on the main thread, which
    /// then runs the main dispatch queue.
    ///
    /// The exit code is 0 after the daemon's goodbye, 1 if the daemon went without one, 78 for a faulty configuration,
    /// and 70 for anything else; standard error says why.
    ///
    /// - Parameters:
    ///   - version: for people, as `kata-ctl plugins` shows it.
    ///   - concurrency: how many jobs the program is given at once, 1 to 10,000.
    ///   - middleware: around the handler; the first is the outermost.
    public static func main<Handler: JobHandler & Plugin>(
        handler: Handler.Type, version: String? = nil, concurrency: Int = 1, middleware: [any JobMiddleware] = []
    ) -> Never {
        main(
            handler: Handler.pluginName, version: version, concurrency: concurrency, middleware: middleware
        ) { Handler(configuration: &$0, context: $1) }
    }

    /// The same as ``main(handler:version:concurrency:middleware:)``, for a handler that needs more than its
    /// configuration to be made.
    ///
    /// - Parameters:
    ///   - name: what the program calls itself when it says hello.
    ///   - make: makes the handler from its configuration, once.
    public static func main(
        handler name: String, version: String? = nil, concurrency: Int = 1, middleware: [any JobMiddleware] = [],
        make: @escaping PluginRegistry.HandlerFactory
    ) -> Never {
        precondition((1...10_000).contains(concurrency), "\(concurrency) is no number of jobs")
        var registry = PluginRegistry()
        registry.register(handler: name, make: make)
        for one in middleware { registry.add(middleware: one) }
        let thread = Thread { [registry] in
            converse(as: name, version: version, concurrency: concurrency, registry)
        }
        thread.start()
        dispatchMain()
    }

    /// Messages are read by a thread of their own, so that a cancellation is always seen.
    private static func converse(
        as name: String, version: String?, concurrency: Int, _ registry: PluginRegistry
    ) -> Never {
        var (input, output) = HostStreams.takeOver()
        LoggingSystem.bootstrap { [output] _ in HostLogHandler(output: output) }
        let logger = Logger(label: name)
        guard case .hello(let hello)? = next(&input) else { fail("katad has to say hello first") }
        if let reason = hello.refusal { fail(reason) }
        let handler = make(name, registry, hello, logger)
        output.send("hello") { json in
            json.field("protocol", HostHello.protocolVersion)
            json.field("kind", HostHello.kind)
            json.field("name", name)
            if let version { json.field("version", version) }
            json.field("concurrency", concurrency)
            json.field("pings", true)
        }
        let conversation = HandlerConversation(handler, pipeline: hello.pipeline, output: output, logger: logger)
        var hasGoodbye = false
        while let message = next(&input) {
            switch message {
            case .job(let request, let job, let checkpoint):
                conversation.begin(job, request: request, checkpoint: checkpoint)
            case .cancel(let request): conversation.cancel(request: request)
            case .ping(let id): output.send("pong") { $0.field("id", id) }
            case .goodbye: hasGoodbye = true
            case .hello, .other: break
            }
        }
        // Without a goodbye the host is gone, and nobody waits for what is in hand.
        if !hasGoodbye { exit(1) }
        stop(handler)
        exit(0)
    }

    private static func make(
        _ name: String, _ registry: PluginRegistry, _ hello: HostHello, _ logger: Logger
    ) -> any JobHandler {
        let report = ConfigurationSection.Report()
        var section = ConfigurationSection(hello.config, title: "config", report: report)
        let context = PluginContext(logger: logger, pipeline: hello.pipeline)
        let handler = registry.makeHandler(named: name, &section, context: context)
        section.finish()
        do {
            try report.throwIfFaulty()
        } catch {
            fail("\(error)", exit: configurationExit)
        }
        guard let handler else { preconditionFailure("the handler was registered") }
        return handler
    }

    /// The next message; `nil` at the end. Ends the process if the host sends what is no message.
    private static func next(_ input: inout HostInput) -> HostMessage? {
        do {
            return try input.next()
        } catch {
            fail("katad said what is no message: \((error as? JSONScanner.Fault)?.message ?? "\(error)")")
        }
    }

    /// Lets the handler give back what it holds.
    private static func stop(_ handler: any JobHandler) {
        let isDone = DispatchSemaphore(value: 0)
        Task.detached {
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
