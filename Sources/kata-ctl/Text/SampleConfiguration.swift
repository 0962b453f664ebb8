import ArgumentParser

/// Configurations to begin with.
enum SampleConfiguration: String, CaseIterable, ExpressibleByArgument {
    case kata, commands, inbox, spool, schedule, webhook

    /// What it is for, as the rest of a sentence.
    var purpose: String {
        switch self {
        case .kata: "the exercise: 100 items, 12 consumers"
        case .commands: "commands that are submitted"
        case .inbox: "jobs that are submitted, and given to a program"
        case .spool: "files that are moved into the directory 'incoming'"
        case .schedule: "what is to be done at certain times"
        case .webhook: "jobs that are sent to a URL"
        }
    }

    /// The next two commands.
    ///
    /// - Parameter file: where the configuration is.
    func next(_ file: String) -> [String] {
        let daemon = "katad --config \(file)"
        switch self {
        case .kata: return ["\(daemon) --once", "kata-ctl export --database kata.db"]
        case .commands: return ["\(daemon) &", "kata-ctl exec --follow -- echo hello"]
        case .inbox: return ["\(daemon) &", "kata-ctl submit work hello --follow"]
        case .spool: return ["mkdir incoming && \(daemon) &", "cp \(file) incoming/hello && kata-ctl jobs"]
        case .schedule: return ["\(daemon) &", "kata-ctl schedules"]
        case .webhook: return ["\(daemon) &", "kata-ctl submit hooks '{\"event\":\"hello\"}' --follow"]
        }
    }

    /// The file.
    var text: String { Self.beginning + pipelines }

    private static let beginning = """
        # What katad is to do. 'katad --config FILE --check' looks whether it is right; docs/configuration.md has every key.

        # Where jobs and results are kept. Under systemd the default is $STATE_DIRECTORY/kata.db.
        # database: kata.db

        # A dashboard, which 'kata-ctl ui' opens.
        # ui: true


        """

    private var pipelines: String {
        switch self {
        case .kata:
            """
            pipelines:
              kata:
                queue_size: 50          # How many items may wait between the producer and the consumers.
                item_count: 100         # The integers 0 to 99.
                worker_count: 12        # Consumers, c1 to c12. 'kata-ctl estimate' tells how many are needed.
                producer: { plugin: range, interval: 10ms }
                consumer: { plugin: sleep, duration: 100ms }

            """
        case .commands:
            """
            pipelines:
              commands:
                queue_size: 1           # So the order of priority is kept to the end.
                worker_count: 1         # How many commands run at the same time.
                producer: { plugin: inbox }
                consumer: { plugin: command }
                retry: { attempts: 1 }  # No retry: nobody knows whether a command may be run twice.

            """
        case .inbox:
            """
            pipelines:
              work:
                queue_size: 10
                worker_count: 2         # How many jobs are worked on at the same time.
                producer: { plugin: inbox }
                consumer:
                  plugin: exec
                  command: [echo, "working on {item}"]  # The program, and its arguments. What it prints is kept.
                  timeout: 1m
                retry: { attempts: 5, backoff: 1s, max: 10m }

            """
        case .spool:
            """
            pipelines:
              files:
                queue_size: 10
                worker_count: 2
                # Files go to 'done' or 'failed' below this directory when they are done or have failed.
                producer: { plugin: spool, directory: incoming }
                consumer:
                  plugin: exec
                  command: [wc, -c, --, "{item}"]       # The item is the file's path.
                  timeout: 1m

            """
        case .schedule:
            """
            pipelines:
              nightly:
                queue_size: 1
                worker_count: 1
                producer:
                  plugin: schedule
                  entries:
                    cleanup: { cron: "30 3 * * *", time_zone: UTC, item: "cleanup" }
                    heartbeat: { every: 1m, item: "heartbeat" }
                consumer:
                  plugin: exec
                  command: [echo, "it is time for {item}"]
                retry: { attempts: 3, backoff: 10s, max: 10m }

            """
        case .webhook:
            """
            pipelines:
              hooks:
                queue_size: 10
                worker_count: 4
                producer: { plugin: inbox }
                consumer:
                  plugin: http
                  url: http://127.0.0.1:8080/hook       # Each job is sent there by POST. 2xx means done.
                  timeout: 30s
                retry: { attempts: 10, backoff: 5s, max: 1h }

            """
        }
    }
}
