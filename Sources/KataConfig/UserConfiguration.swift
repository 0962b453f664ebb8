/// What a user's own daemon runs without a configuration.
public enum UserConfiguration {
    /// One pipeline for commands. It does one after the other, in order of priority, but for the next two: one on the queue,
    /// and one in the producer's hands.
    public static let text = """
        pipelines:
          commands:
            queue_size: 1
            worker_count: 1
            producer: { plugin: inbox }
            consumer: { plugin: command }
            retry: { attempts: 1 }
        """
}
