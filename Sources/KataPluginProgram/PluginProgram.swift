import Foundation
public import Kata
import Logging

/// A program that is a plugin: it does jobs, or gives items, in a process of its own, which the daemon starts and talks to
/// over the plugin protocol. The same handler or source can be part of a daemon of your own instead.
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
    ///   - handler: made once, from the configuration that the daemon sends.
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

    /// The same as ``main(handler:version:concurrency:middleware:)``, for a handler that needs more than its configuration to be
    /// made: `make` makes it, once. The name is what the program calls itself when it says hello.
    public static func main(
        handler name: String, version: String? = nil, concurrency: Int = 1, middleware: [any JobMiddleware] = [],
        make: @escaping PluginRegistry.HandlerFactory
    ) -> Never {
        main([.handler(name, middleware: middleware, make: make)], version: version, concurrency: concurrency)
    }

    /// Gives items for as long as the daemon wants, and ends the process then, as
    /// ``main(handler:version:concurrency:middleware:)`` does.
    ///
    /// The source's extent is bounded or endless; where it is bounded, `finite: true` in the configuration says so to the
    /// daemon. Only its `items(from:run:limit:)` and `stop()` are called: the protocol does not tell which run the
    /// items are for, nor what becomes of them, and asks nothing else. So `run` says nothing but the pipeline's name, and the
    /// source's other properties, such as `followsJobs` and `isLocal`, have no effect. It can't give jobs that have failed
    /// already, nor go back to its start.
    ///
    /// - Parameters:
    ///   - source: made once, from the configuration that the daemon sends.
    ///   - version: for people, as `kata-ctl plugins` shows it.
    public static func main<Source: JobSource & Plugin>(source: Source.Type, version: String? = nil) -> Never {
        main([.source(Source.pluginName) { Source(configuration: &$0, context: $1) }], version: version, concurrency: 1)
    }

    /// Does jobs or gives items, whichever the daemon has started the process for.
    ///
    /// - Parameters:
    ///   - handler: made, once, if the daemon wants jobs done.
    ///   - source: made, once, if the daemon wants items.
    ///   - version: for people, as `kata-ctl plugins` shows it.
    ///   - concurrency: how many jobs the handler is given at once, 1 to 10,000.
    ///   - middleware: around the handler; the first is the outermost.
    public static func main<Handler: JobHandler & Plugin, Source: JobSource & Plugin>(
        handler: Handler.Type, source: Source.Type, version: String? = nil, concurrency: Int = 1,
        middleware: [any JobMiddleware] = []
    ) -> Never {
        let handler = PluginRole.handler(Handler.pluginName, middleware: middleware) {
            Handler(configuration: &$0, context: $1)
        }
        let source = PluginRole.source(Source.pluginName) { Source(configuration: &$0, context: $1) }
        main([handler, source], version: version, concurrency: concurrency)
    }

    private static func main(_ roles: [PluginRole], version: String?, concurrency: Int) -> Never {
        precondition((1...10_000).contains(concurrency), "\(concurrency) is no number of jobs")
        // Messages are read by a thread of their own, so that a cancellation is always seen.
        let thread = Thread { converse(as: roles, version: version, concurrency: concurrency) }
        thread.start()
        dispatchMain()
    }

    private static func converse(as roles: [PluginRole], version: String?, concurrency: Int) -> Never {
        var (input, output) = HostStreams.takeOver()
        LoggingSystem.bootstrap { [output] _ in HostLogHandler(output: output) }
        guard case .hello(let hello)? = next(&input) else { fail("katad has to say hello first") }
        let role: PluginRole
        do {
            role = try hello.role(among: roles)
        } catch {
            fail(error.reason)
        }
        let conversation = begin(role, hello, output)
        output.send("hello") { json in
            json.field("protocol", HostHello.protocolVersion)
            json.field("kind", role.kind.rawValue)
            json.field("name", role.name)
            if let version { json.field("version", version) }
            json.field("concurrency", concurrency)
            json.field("pings", true)
            if let isFinite = conversation.isFinite { json.field("finite", isFinite) }
        }
        var hasGoodbye = false
        while let message = next(&input) {
            switch message {
            case .ping(let id): output.send("pong") { $0.field("id", id) }
            case .goodbye: hasGoodbye = true
            case .hello, .job, .fetch, .cancel, .other: break
            }
            conversation.receive(message)
        }
        // Without a goodbye the host is gone, and nobody waits for what is in hand.
        if !hasGoodbye { exit(1) }
        stop(conversation)
        exit(0)
    }

    private static func begin(
        _ role: PluginRole, _ hello: HostHello, _ output: HostOutput
    ) -> any HostConversation {
        let logger = Logger(label: role.name)
        let report = ConfigurationSection.Report()
        var section = ConfigurationSection(hello.config, title: "config", report: report)
        let context = PluginContext(logger: logger, pipeline: hello.pipeline)
        let conversation = role.make(&section, context, output, logger)
        section.finish()
        do {
            try report.throwIfFaulty()
        } catch {
            fail("\(error)", exit: configurationExit)
        }
        return conversation
    }

    /// The next message; `nil` at the end. Ends the process if the host sends what is no message.
    private static func next(_ input: inout HostInput) -> HostMessage? {
        do {
            return try input.next()
        } catch {
            fail("katad said what is no message: \((error as? JSONScanner.Fault)?.message ?? "\(error)")")
        }
    }

    /// Lets the plugin give back what it holds.
    private static func stop(_ conversation: any HostConversation) {
        let isDone = DispatchSemaphore(value: 0)
        Task.detached {
            await conversation.stop()
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
