import Kata
import KataAPI

/// The routes that say what a drain would do, and begin one.
struct DrainRoutes {
    let service: any ControlService

    func add(to router: inout HTTPRouter) {
        router.get("/v1/drain") { _ in
            try HTTPResponse(service.drainForecast())
        }
        router.post("/v1/drain") { _ in
            let forecast = service.drainForecast()
            service.drain()
            return try HTTPResponse(forecast)
        }
    }
}
