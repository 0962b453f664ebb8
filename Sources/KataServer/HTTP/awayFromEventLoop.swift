/// Does what takes long on the cooperative pool, and not on the event loop, where all other requests would wait for it.
///
/// To go there and back costs more than a small request does.
func awayFromEventLoop<Value>(
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value
) async throws -> Value {
    try await withTaskExecutorPreference(globalConcurrentExecutor, isolation: isolation, operation: body)
}
