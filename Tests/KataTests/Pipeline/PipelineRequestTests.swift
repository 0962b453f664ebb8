import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("Runs that a pipeline is asked for", .timeLimit(.minutes(10)))
struct PipelineRequestTests {
    @Test("are done one after the other until it is drained")
    func oneAfterTheOther() async throws {
        let fixture = PipelineFixture()
        try await fixture.whileRunning(.untilDrained) { pipeline in
            try await #expect(eventually { pipeline.status().run?.isFinished == true })
            for id in 2...4 {
                try await #expect(pipeline.startRun().id == Int64(id))
                try await #expect(
                    eventually { pipeline.status().run.map { $0.id == Int64(id) && $0.isFinished } == true })
            }
            #expect(pipeline.status().counts.done == 40)
            pipeline.drain()
        }
        try await #expect(fixture.items().count == 40)
    }

    @Test("are refused while one is unfinished")
    func refusedWhileUnfinished() async throws {
        let gates = Gates()
        let fixture = PipelineFixture(handler: TestHandler(gates: gates))
        try await fixture.whileRunning(.once) { pipeline in
            try await gates.waitForArrival(at: "0")
            await #expect(throws: StoreError.runUnfinished(pipeline: "p", run: 1)) { try await pipeline.startRun() }
            gates.openAll()
        }
        try await #expect(fixture.items().byNumber == fixture.allItems)
    }

    @Test("are refused while it drains")
    func refusedWhileDraining() async throws {
        try await PipelineFixture().withPipeline { pipeline in
            pipeline.drain()
            await #expect(throws: PipelineError.draining(pipeline: "p")) { try await pipeline.startRun() }
            try await #expect(pipeline.store.latestRun(pipeline: "p") == nil)
        }
    }

    @Test("are not started by a pipeline itself that ran before and is not to run once")
    func startsNoSecondRunByItself() async throws {
        let store = SpyStore()
        try await PipelineFixture(store: store.store).run()
        let fixture = PipelineFixture(store: store)
        try await fixture.whileRunning(.untilDrained) { pipeline in
            try await store.hasDecided.wait()
            // Were there another run by now, this would be refused or not be the second.
            try await #expect(pipeline.startRun().id == 2)
            try await #expect(eventually { pipeline.status().run.map { $0.id == 2 && $0.isFinished } == true })
            pipeline.drain()
        }
        try await #expect(fixture.items().count == 20)
    }

    @Test(
        "are done once, even if they were asked for before it began to work",
        arguments: [Pipeline.Mode.once, .untilDrained])
    func askedForBefore(_ mode: Pipeline.Mode) async throws {
        let handler = TestHandler()
        let fixture = PipelineFixture(handler: handler)
        try await fixture.withPipeline { pipeline in
            try await pipeline.startRun()
            async let run: Void = pipeline.run(mode)
            try await #expect(eventually { pipeline.status().run?.isFinished == true })
            // Whatever it was asked for twice comes before this one.
            if mode == .untilDrained {
                try await #expect(eventually { (try? await pipeline.startRun()) != nil })
                try await #expect(eventually { pipeline.status().run.map { $0.id == 2 && $0.isFinished } == true })
                pipeline.drain()
            }
            try await run
        }
        let handled = handler.handled.all.filter { $0.runID == 1 }.map(\.item)
        #expect(handled.byNumber == fixture.allItems)
    }

    @Test("are not needed to drain a pipeline", arguments: [Pipeline.Mode.once, .untilDrained])
    func drainedBeforeIt(_ mode: Pipeline.Mode) async throws {
        let fixture = PipelineFixture()
        let status = try await fixture.withPipeline { pipeline in
            pipeline.drain()
            try await pipeline.run(mode)
            return pipeline.status()
        }
        try await #expect(fixture.store.latestRun(pipeline: "p") == nil)
        #expect(status.state == .draining)
        let drain = try #require(status.drain)
        #expect([drain.finished, drain.wentBack, drain.cutOff] == [0, 0, 0])
    }

    @Test("are over when an idle pipeline is drained, which leaves an empty receipt")
    func drainedWhileIdle() async throws {
        let fixture = PipelineFixture()
        try await fixture.whileRunning(.untilDrained) { pipeline in
            try await #expect(
                eventually { pipeline.status().state == .idle && pipeline.status().run?.isFinished == true })
            pipeline.drain()
        }
        let drain = try #require(try await fixture.store.lastDrain(pipeline: "p"))
        #expect([drain.finished, drain.wentBack, drain.cutOff] == [0, 0, 0])
    }

    @Test("keep to their own pipeline when two share a store and a recorder's order")
    func twoPipelines() async throws {
        let store = MemoryJobStore()
        let recorder = Recorder(store: store, logger: PipelineFixture.logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for name in ["a", "b"] {
                group.addTask {
                    let configuration = PipelineConfiguration(
                        name: name,
                        queueSize: 2,
                        itemCount: 500,
                        workerCount: 3,
                        source: NumberSource(),
                        handler: TestHandler()
                    )
                    let pipeline = try await Pipeline(
                        configuration: configuration, store: store, recorder: recorder, logger: PipelineFixture.logger
                    )
                    try await pipeline.run(.once)
                }
            }
            try await group.waitForAll()
        }
        await recorder.stop()
        for name in ["a", "b"] {
            let items = try await store.results(ResultSelection(pipeline: name), after: 0, limit: 1_000).map(\.item)
            #expect(items.byNumber == (0..<500).map(String.init))
        }
    }
}
