import Testing

@testable import Kata

@Suite("The forecast of a drain")
struct DrainForecastTests {
    @Test(
        "counts the rounds in which the workers go through what there is",
        arguments: [
            // queued, running, workers, job's ms, timeout's ms, finished, within's ms
            (0, 0, 2, 100, 1_000, 0, 0), (0, 1, 2, 100, 1_000, 1, 100), (3, 2, 2, 100, 1_000, 5, 300),
            (4, 2, 2, 100, 1_000, 6, 300), (10, 2, 2, 100, 250, 4, 250), (10, 2, 2, 100, 50, 0, 50),
            (10, 2, 2, 0, 1_000, 12, 0), (5, 0, 10, 100, 1_000, 5, 100),
        ])
    func rounds(
        queued: Int, running: Int, workers: Int, duration: Int, timeout: Int, finished: Int, within: Int
    ) {
        let forecast = DrainForecast(
            status: status(queued: queued, running: running, workers: workers), duration: .milliseconds(duration),
            timeout: .milliseconds(timeout))
        #expect(forecast.finished == finished)
        #expect(forecast.within == .milliseconds(within))
        #expect(forecast.queued == queued && forecast.running == running)
    }

    @Test("knows nothing of jobs of which nobody knows how long they take, unless there are none")
    func unknown() {
        let busy = DrainForecast(
            status: status(queued: 1, running: 1, workers: 2), duration: nil, timeout: .seconds(1))
        #expect(busy.finished == nil && busy.within == nil)
        let idle = DrainForecast(
            status: status(queued: 0, running: 0, workers: 2), duration: nil, timeout: .seconds(1))
        #expect(idle.finished == 0 && idle.within == .zero)
    }

    @Test("knows nothing of jobs that wait for a rate")
    func rate() {
        let busy = DrainForecast(
            status: status(queued: 5, running: 1, workers: 2), duration: .seconds(1), timeout: .seconds(9),
            hasRate: true)
        #expect(busy.queued == 5 && busy.finished == nil && busy.within == nil)
        let running = DrainForecast(
            status: status(queued: 0, running: 1, workers: 2), duration: .seconds(1), timeout: .seconds(9),
            hasRate: true)
        #expect(running.finished == 1)
    }

    @Test("lets go back what waits for a handler that is down, and knows nothing of the job that tries it")
    func handlerDown() {
        for (running, finished) in [(0, 0), (1, nil)] {
            let forecast = DrainForecast(
                status: status(queued: 5, running: running, workers: 2), duration: .seconds(1), timeout: .seconds(9),
                isHandlerDown: true)
            #expect(forecast.queued == 5 && forecast.finished == finished)
            #expect(forecast.within == (finished == nil ? nil : .zero))
        }
    }

    @Test("lets go back what a pause holds back")
    func paused() {
        let status = status(queued: 5, running: 1, workers: 2, state: .paused)
        let forecast = DrainForecast(status: status, duration: .seconds(1), timeout: .seconds(9))
        #expect(forecast.queued == 5 && forecast.finished == 1 && forecast.within == .seconds(1))
    }

    private func status(
        queued: Int, running: Int, workers: Int, state: PipelineStatus.State = .running
    ) -> PipelineStatus {
        PipelineStatus(
            name: "p", state: state, trouble: nil, queueSize: 50, queueDepth: queued, workerCount: workers,
            consumers: [],
            counts: .init(
                pending: 7, queued: queued, running: running, scheduled: 0, waiting: 0, done: 0, failed: 0, cancelled: 0
            ),
            run: nil, drain: nil)
    }
}
