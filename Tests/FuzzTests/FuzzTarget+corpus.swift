extension FuzzTarget {
    /// Texts that are read well, or nearly.
    var corpus: [String] {
        switch self {
        case .configuration, .yaml: Self.configurations
        case .json:
            [
                "{\"a\":[1,2.5e-3,true,null,\"\\u00e9\\ud83e\\udd8a\"],\"b\":{\"c\":{}}}", "[]", "\"\\\\\"", "-0.1",
                "[[[[]]]]",
            ]
        case .job:
            [
                #"{"item":"text","priority":5,"run_at":"2026-01-31T12:00:00Z","unique":"u","max_attempts":3,"timeout":"1.5s"}"#,
                #"{"item":{"a":[1]},"delay":"10m","key":"k","after":[17,"20-29"],"when":"finished"}"#,
            ]
        case .time:
            ["2026-01-31T12:00:00.123Z", "2026-02-28 23:59+14:00", "10ms", "1.5s", "8760h", "10/s", "1000000/h"]
        case .cron: ["*/5 0-23/2 1,15 jan-dec mon-fri", "30 3 29 2 *", "@weekly", "0 0 31 * fri-sun"]
        case .crontab:
            [
                "MAILTO=a\nPATH=\"/bin\"\n30 2 * * mon-fri /bin/backup --all \"$HOME\"\n@daily A=1 x\n",
                "CRON_TZ=Europe/Berlin\n17 *\t* * * root cd / && run-parts /etc/cron.hourly\n# c\n*/5 * * * * www a \\% b\n",
            ]
        case .plugin:
            [
                #"{"type":"hello","protocol":1,"kind":"handler","concurrency":8,"pings":true,"version":"1"}"#,
                #"{"type":"done","id":1,"output":"x"}"#, #"{"type":"failed","id":2,"error":"no","retry":"30s"}"#,
                #"{"type":"items","id":1,"items":["a",{"item":"b","priority":5,"unique":"b"}],"cursor":"42","end":true}"#,
                #"{"type":"log","level":"warning","message":"slow","id":1}"#,
                #"{"type":"progress","id":1,"text":"40 %"}"#,
                #"{"type":"output","id":1,"stream":"err","text":"line\n"}"#,
            ]
        case .cursor: ["a=1769903999999;nightly=0", "a=-62167219200000"]
        case .address: ["https://example.org:443/hook?a=b#c", "http://[::1]:8080/", "http://user:password@h/"]
        case .program: ["#!/bin/sh -e\necho\n", "#!/usr/bin/env python3\r\n", "\u{7f}ELF"]
        case .text: ["one\ntwo\r\n", "a\u{301}\u{301}\u{301}", "🦊é€", String(repeating: "x", count: 5_000)]
        case .command:
            [
                #"{"command":["make","-j4","it's"],"directory":"/srv/app","environment":{"A":"b","LANG":"C"}}"#,
                #"{"kata_shown":"A=… \"x\"","command":["x"],"environment":{"A":"\u0001"}}"#,
            ]
        }
    }

    /// What means something in such a text.
    var words: [String] {
        switch self {
        case .configuration, .yaml: Self.keys
        case .json, .job, .plugin:
            [
                "\"item\":", "\"after\":[", "\"1-9\"", "\"delay\":\"1h\"", "\"retry\":", "\"items\":[", "\"id\":",
                "\\u", "\\ud83d",
                "null", "true", "[[[[[[[[[[[[[[[[", "{\"a\":", "\"concurrency\":", "\"type\":\"items\"",
            ]
        case .time: ["T", "Z", "+23:59", "ms", "h", "/s", "/m", ".", "9999", "0000", "-02-29"]
        case .cron: ["*", "/", "-", ",", "sun", "jan", "60", "7", "@hourly", "L", "*/9223372036854775807"]
        case .crontab:
            [
                "* * * * * ", "@daily ", "=", "%", "\\%", "\n", "\t", "'", "\"", "#", "{", "}", "\u{2028}", "\u{85}",
                "CRON_TZ=",
            ]
        case .cursor: ["=", ";", "a=", "nightly="]
        case .address: ["@", ":", "//", "65536", "[", "]", "%40", "?"]
        case .program: ["#!", "\r\n", "/", " "]
        case .text: []
        case .command:
            ["\"command\":[", "\"environment\":{", "\"directory\":\"/", "{\"kata_shown\":\"", "\\u", "'", "\\"]
        }
    }

    private static let keys = [
        "queue_size: 50", "item_count: 100", "worker_count: 12", "pipelines:", "producer:", "consumer:", "plugin: ",
        "range", "inbox",
        "lines", "schedule", "spool", "exec", "http", "sleep", "command: [sh, -c, \"{item}\"]", "shell: true",
        "cron: \"* * * * *\"",
        "every: 1s", "url: http://a:b@h:99999/", "headers: {", "secret: { file: /dev/null }", "environment:",
        "limits: { memory: 1G }",
        "cgroup:", "user: root", "directory: ~/", "&a ", "*a", "<<: *a", "? ", "- ", "!!str ", "---\n", "...\n",
        "%YAML 1.1\n",
        "export: /tmp/x", "rate: 10/s", "retention: { done: 1h }", "retry: { attempts: 5 }", "database: $HOME/x",
        "x-a:", "\n  ", "\n    ",
    ]

    private static let configurations = [
        """
        pipelines:
          kata:
            queue_size: 50        # 1…1,000,000
            item_count: 100
            worker_count: 12
            producer: { plugin: range, interval: 10ms }
            consumer: { plugin: sleep, duration: 100ms }
        """,
        """
        log_level: info
        drain_timeout: 30s
        database: ./kata.db
        socket: ./kata.sock
        plugins_directory: /usr/lib/kata/plugins
        x-defaults: &defaults { queue_size: 5, worker_count: 2, retry: { attempts: 5, backoff: 1s, max: 10m } }
        pipelines:
          mail:
            <<: *defaults
            limits: { rate: 10/s, rate_per_key: 1/s, concurrency_per_key: 1 }
            retention: { done: 720h, failed: 2160h, cancelled: 24h }
            interruptions: 3
            unique_for: 1h
            producer: { plugin: inbox }
            consumer:
              plugin: exec
              command: [/bin/cat, --, "{item}"]
              environment: { TOKEN: "a b", N: 1 }
              inherit: [PATH]
              limits: { memory: 512M, cpu_time: 1m, open_files: 256 }
              cgroup: { memory: 512M, pids: 64 }
              kill_after: 5s
              output_limit: 100
          shell:
            <<: [*defaults]
            producer:
              plugin: schedule
              entries:
                nightly: { cron: "30 3 * * mon-fri", time_zone: Europe/Berlin, item: "r {time}", missed: all }
                beat: { every: 5m }
            consumer:
              plugin: exec
              shell: true
              command: |
                echo "$KATA_ITEM"
                exit 0
        """,
        """
        pipelines:
          hooks:
            queue_size: 1
            worker_count: 1
            producer: { plugin: lines, path: /etc/hostname }
            consumer:
              plugin: http
              url: https://example.org/hooks/orders
              method: PUT
              body: json
              headers: { Authorization: { credential: token }, X-A: "b" }
              secret: { file: /etc/hostname }
              ca_file: /etc/hostname
              connect_timeout: 10s
          plugins:
            queue_size: 1
            worker_count: 1
            producer: { plugin: /bin/true, finite: true, config: { a: [1, { b: null }], c: 010 } }
            consumer: { plugin: ./no, processes: 2, start_timeout: 1s, replace_after: 7, arguments: [a] }
        """,
    ]
}
