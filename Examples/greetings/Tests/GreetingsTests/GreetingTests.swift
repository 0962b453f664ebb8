import Greetings
import Kata
import KataTesting
import Testing

@Suite("The greeting")
struct GreetingTests {
    @Test("greets in the language that is configured", arguments: [("english", "Hello"), ("german", "Hallo")])
    func languages(name: TestSettings, word: String) async throws {
        let pipeline = try await TestPipeline(handler: Greeting(settings: ["language": name]))
        let job = try await pipeline.submit(payload: Greeting.Payload(name: "Ada"))
        try await pipeline.runUntilIdle()
        #expect(try await pipeline.details(job).attempts.last?.output == "\(word), Ada!")
    }

    @Test("fails for good where there is nobody, although the pipeline has retries")
    func nobody() async throws {
        let pipeline = try await TestPipeline(
            handler: Greeting(settings: [:]), failures: FailurePolicy(retry: RetryPolicy(attempts: 3)))
        let nameless = try await pipeline.submit("{}")
        let empty = try await pipeline.submit(payload: Greeting.Payload(name: ""))
        try await pipeline.runUntilFinished()
        #expect(try await pipeline.details(nameless).record.error == "the item has no 'name'")
        #expect(try await pipeline.details(empty).attempts.map(\.error) == ["there is nobody to greet"])
    }

    @Test("knows no other language")
    func unknown() {
        #expect(throws: ConfigurationFaults.self) { try Greeting(settings: ["language": "latin"]) }
    }

    @Test("greets every guest once, whenever the daemon is killed")
    func guests() async throws {
        let pipeline = try await TestPipeline(
            settings: [
                "queue_size": 10, "worker_count": 2, "limits": ["rate": "1000/s"],
                "producer": ["plugin": "guests", "count": 2500], "consumer": ["plugin": "greet"],
            ]
        ) { plugins in
            plugins.register(source: Guests.self)
            plugins.register(handler: Greeting.self)
        }
        try await pipeline.advance(by: .seconds(1))
        try await pipeline.restart()
        try await pipeline.runUntilFinished()
        #expect(try await Set(pipeline.doneItems).count == 2_500)
        #expect(try await pipeline.doneItems.count == 2_500)
    }
}
