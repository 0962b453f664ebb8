import Kata
import Testing

@testable import KataPlugins

@Suite("A crontab")
struct CrontabTests {
    @Test("becomes a pipeline with an entry for each of its lines")
    func entries() {
        let crontab = Crontab(
            """
            # Nightly things.
            PATH=/usr/bin:/bin
            30 2 * * 1-5  /usr/local/bin/backup --all "$HOME"
            @hourly FOO=1 backup
            CRON_TZ=Europe/Zurich
            0 9 1 jan * echo 100\\% done
            """, hasUsers: false, timeZone: "UTC", pipeline: "cron")
        #expect(crontab.notes.isEmpty, "\(crontab.notes)")
        #expect(crontab.entryCount == 3)
        #expect(
            crontab.configuration == """
                # Made of a crontab. Try it with: katad --config FILE --check
                pipelines:
                  cron:
                    queue_size: 10
                    # As many at once as there are workers; cron itself has no limit.
                    worker_count: 10
                    producer:
                      plugin: schedule
                      entries:
                        backup: { cron: "30 2 * * 1-5", time_zone: "UTC", item: "/usr/local/bin/backup --all \\"$HOME\\"", missed: skip }
                        backup-2: { cron: "@hourly", time_zone: "UTC", item: "FOO=1 backup", missed: skip }
                        echo: { cron: "0 9 1 jan *", time_zone: "Europe/Zurich", item: "echo 100% done", missed: skip }
                    consumer:
                      plugin: exec
                      # The item is the command.
                      command: ["/bin/sh", -c, 'eval "$KATA_ITEM"']
                      item: environment
                      environment: { PATH: "/usr/bin:/bin" }

                """)
    }

    @Test(
        "says what can't be carried over, and why",
        arguments: [
            ("MAILTO=root", "on_failure"), ("@reboot /bin/true", "@reboot is no time"),
            ("0 0 * * * mail root%Hello", "standard input by %"), ("*/90 * * * * x", "expected a step of at most 60"),
            ("0 0 30 2 * x", "never comes"), ("1 2 3", "it has no time and command"),
            ("@every 5m x", "'@every' is no time that Kata knows"), ("0 0 * * * echo {time}", "{time}"),
            ("CRON_TZ=Mars/Base", "no time zone"), ("RANDOM_DELAY=5", "times are exact"),
            (String(repeating: "V", count: 256) + "=x", "256 bytes, and is left out"),
        ])
    func notes(line: String, expected: String) {
        let crontab = Crontab("\n\(line)\n", hasUsers: false, timeZone: "UTC", pipeline: "cron")
        #expect(crontab.notes.count == 1 && crontab.entryCount == 0)
        #expect(crontab.notes.first?.line == 2)
        #expect(crontab.notes.first?.text.contains(expected) == true, "\(crontab.notes)")
        #expect(crontab.configuration.contains("# Line 2: "))
    }

    @Test("of the system has a pipeline for each of its users")
    func users() {
        let text = "17 *\t* * *  root  cd / && run-parts /etc/cron.hourly\n5 4 * * * www-data /srv/clean\n"
        let crontab = Crontab(text, hasUsers: true, timeZone: "GMT", pipeline: "cron")
        let configuration = crontab.configuration
        for part in [
            "  cron-root:\n", "  cron-www-data:\n", "user: \"www-data\"",
            "item: \"cd / && run-parts /etc/cron.hourly\"",
        ] {
            #expect(configuration.contains(part), "\(configuration)")
        }
        #expect(crontab.notes.isEmpty)
    }

    @Test("of the system has pipelines of different names for users whose names differ in marks only")
    func similarUsers() {
        let text = "5 4 * * * web.data /srv/a\n5 4 * * * web-data /srv/b\n"
        let configuration = Crontab(text, hasUsers: true, timeZone: "GMT", pipeline: "cron").configuration
        #expect(configuration.contains("  cron-web-data:\n") && configuration.contains("  cron-web-data-2:\n"))
    }
}
