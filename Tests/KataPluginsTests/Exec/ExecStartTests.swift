import Foundation
import Kata
import KataTestSupport
import Testing

@testable import KataPlugins

/// What was there when the configuration was read may be gone when a job comes.
@Suite("An executable that can't be started", .timeLimit(.minutes(10)))
struct ExecStartTests {
    private let directory: TemporaryDirectory
    private let program: String

    init() async throws {
        directory = try TemporaryDirectory()
        program = directory.path("program")
        try await writeProgram("#!/bin/sh\necho ran\n", to: program)
    }

    @Test("because it is gone puts the job off, and works again once it is back")
    func missing() async throws {
        let runner = try runner()
        try directory.remove("program")
        let failure = await runner.run().failure
        #expect(failure == JobFailure("cannot start '\(program)': No such file or directory", retry: .unavailable))
        try await writeProgram("#!/bin/sh\necho back\n", to: program)
        #expect(await runner.run().output == "back\n")
    }

    @Test("because it may not be executed puts the job off")
    func notExecutable() async throws {
        let runner = try runner()
        try #require(chmod(program, 0o644) == 0)
        let failure = await runner.run().failure
        #expect(failure == JobFailure("cannot start '\(program)': Permission denied", retry: .unavailable))
    }

    @Test("because it is no program puts the job off")
    func noProgram() async throws {
        let runner = try runner()
        try await writeProgram("neither a script nor a binary\n", to: program)
        let failure = await runner.run().failure
        #expect(failure == JobFailure("cannot start '\(program)': Exec format error", retry: .unavailable))
    }

    @Test("because its interpreter is not there puts the job off, and names the interpreter")
    func noInterpreter() async throws {
        let runner = try runner()
        try await writeProgram("#!/opt/no/such/python3 -u\n", to: program)
        let failure = await runner.run().failure
        #expect(
            failure?.reason
                == "cannot start '\(program)': its first line names the interpreter '/opt/no/such/python3', which is not there"
        )
    }

    @Test("because its lines end as on Windows puts the job off, and says so")
    func windowsLines() async throws {
        let runner = try runner()
        try await writeProgram("#!/bin/sh\r\necho x\r\n", to: program)
        let direct = await runner.run().failure
        #expect(direct?.reason == "cannot start '\(program)': \(ProgramFile.windowsLines)")
        // Here it is env that finds no interpreter, and says so in its own words.
        try await writeProgram("#!/usr/bin/env sh\r\necho x\r\n", to: program)
        let found = await runner.run().failure
        #expect(
            found?.reason.hasPrefix("exited with 127: ") == true
                && found?.reason.hasSuffix("(\(ProgramFile.windowsLines))") == true)
    }

    @Test("because its directory is gone puts the job off, and names the directory")
    func directoryMissing() async throws {
        let place = directory.path("place")
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
        let runner = try runner(["directory": .text(place)])
        try directory.remove("place")
        let failure = await runner.run().failure
        #expect(failure?.reason == "cannot change to the directory '\(place)': No such file or directory")
        #expect(failure?.retry == .unavailable)
    }

    @Test("because the item is too long for an argument or the environment fails for good", arguments: [true, false])
    func tooLong(isArgument: Bool) async throws {
        let runner =
            isArgument
            ? try ExecRunner(["/bin/echo", "{item}"])
            : try ExecRunner(["/bin/true"], ["item": .text("environment")])
        #expect(await runner.run(String(repeating: "x", count: 100_000)).isDone)
        let failure = await runner.run(String(repeating: "x", count: 200_000)).failure
        #expect(failure?.retry == .never)
        #expect(failure?.reason.contains("Argument list too long") == true)
        // And the handler is none the worse for it.
        #expect(await runner.run("x").isDone)
    }

    @Test("because the item holds a NUL fails for good, and says what could take it", arguments: [true, false])
    func itemWithNUL(isArgument: Bool) async throws {
        let runner =
            isArgument
            ? try ExecRunner(["/bin/echo", "{item}"])
            : try ExecRunner(["/bin/true"], ["item": .text("environment")])
        let failure = await runner.run("a\u{0}b").failure
        #expect(
            failure == JobFailure("the item holds a NUL, which only 'item: stdin' can pass on", retry: .never))
    }

    @Test("leaves nothing behind")
    func leavesNothing() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            try directory.write("no program\n", to: "program")
            try #require(chmod(directory.path("program"), 0o755) == 0)
            let runner = try ExecRunner([directory.path("program")])
            #expect(await runner.run("item").failure != nil)
            let descriptors = try ProcessTable.descriptorCount()
            for _ in 1...200 { #expect(await runner.run("item").failure != nil) }
            #expect(try ProcessTable.descriptorCount() == descriptors)
            #expect(try ProcessTable.children().isEmpty)
        }
    }

    @Test("because there are no more descriptors waits until there are: it is not the job's fault")
    func noDescriptors() async {
        await #expect(processExitsWith: .success) {
            let runner = try ExecRunner(["/bin/true"], ["item": .text("none")])
            #expect(await runner.run().isDone)
            // The clock needs a descriptor of its own, from its first use on.
            try await PreciseClock().sleep(for: .milliseconds(1))
            var taken: [Int32] = []
            while true {
                let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
                if descriptor < 0 { break }
                taken.append(descriptor)
            }
            async let outcome = runner.run()
            // There is nothing to see of its waiting; if it did not wait, it would have failed.
            for _ in 1...100 { await Task.yield() }
            for descriptor in taken { close(descriptor) }
            #expect(await outcome.isDone)
        }
    }

    private func runner(_ keys: KeyValuePairs<String, ConfigurationNode> = [:]) throws -> ExecRunner {
        try ExecRunner([program], keys)
    }
}
