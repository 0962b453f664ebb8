import Kata
import KataAPI
import Testing

@testable import KataDashboard

@Suite("A page")
struct PageTests {
    private let templates: DashboardTemplates
    private let now = Timestamp(milliseconds: 1_795_730_000_000)

    init() throws {
        templates = try DashboardTemplates()
    }

    @Test("shows what items and errors hold as text")
    func escaped() {
        let item = "<script>alert('1')</script>&\"\u{7}\u{202e}"
        var record = JobRecord(
            job: Job(id: 7, runID: 1, item: item), itemBytes: item.utf8.count, pipeline: "mail", state: .failed,
            createdAt: now)
        record.error = "<img src=x onerror=alert(1)>"
        let page = templates.page(
            JobsPage(
                frame: frame, view: JobsView(query: "\"><script>"), counts: [("failed", 1)],
                jobs: [JobRow(record, consumer: nil, duration: .milliseconds(3), at: now)], next: nil, lookedAt: nil,
                pipeline: "mail"))
        #expect(page.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&quot;\\u{7}"))
        #expect(page.contains("&lt;img src=x onerror=alert(1)&gt;"))
        #expect(page.contains("value=\"&quot;&gt;&lt;script&gt;\""))
        #expect(page.matches(of: /<script/).count == 1, "that of its own")
        #expect(!page.contains("<img"))
    }

    @Test("has no style and no script of its own, and one heading")
    func inline() {
        for page in [
            templates.page(ErrorPage(frame: frame, status: 404, heading: "Not found", text: "there is no job 7")),
            templates.page(FailuresPage(frame: frame, failures: FailuresDocument([], next: nil), at: now)),
            templates.page(SchedulesPage(frame: frame, schedules: SchedulesDocument(entries: []), at: now)),
        ] {
            #expect(page.matches(of: #/ style=|<style| on[a-z]+=/#).isEmpty)
            #expect(page.matches(of: /<h1/).count == 1)
            #expect(page.matches(of: /\{\{/).isEmpty)
            #expect(page.contains("<title>"))
        }
    }

    @Test("that lists nothing says what to type")
    func empty() {
        let jobs = JobsPage(
            frame: frame, view: JobsView(), counts: [], jobs: [], next: nil, lookedAt: nil, pipeline: "mail")
        #expect(templates.page(jobs).contains("kata-ctl submit mail &#39;hello&#39;"))
        let found = JobsPage(
            frame: frame, view: JobsView(query: "x"), counts: [], jobs: [], next: nil, lookedAt: 3, pipeline: "mail")
        #expect(templates.page(found).contains("No job matches."))
    }

    @Test("says how far it looked where it has found nothing yet, and leads on")
    func further() {
        let page = templates.page(
            JobsPage(
                frame: frame, view: JobsView(query: "x"), counts: [], jobs: [], next: 17, lookedAt: 48_394,
                pipeline: "mail"))
        #expect(page.contains("No job matches yet."))
        #expect(page.contains("48,394 jobs were looked at; Older goes on with those before."))
        #expect(page.contains("/ui/jobs?q=x&amp;before=17"))
    }

    @Test("asks before jobs are changed, also where there are too many to name them")
    func questions() {
        func page(_ change: ConfirmPage.Change, _ count: Int, _ selection: ConfirmPage.Selection) -> String {
            templates.page(
                ConfirmPage(
                    frame: frame, change, count: count, selection, examples: [], command: "kata-ctl", back: "/ui/jobs"))
        }
        let few = page(.retry, 3, .ids("3-5"))
        #expect(
            few.contains("Retry 3 jobs?") && few.contains("name=\"ids\" value=\"3-5\"") && few.contains("Try one first")
        )
        let many = page(.cancel, 100_000, .all(JobsView(query: "tag:\"a", state: "pending"), through: 17))
        #expect(many.contains("Cancel more than 100,000 jobs?") && many.contains("action=\"/ui/jobs/all\""))
        for field in [
            "do\" value=\"cancel", "q\" value=\"tag:&quot;a", "state\" value=\"pending", "through\" value=\"17",
        ] {
            #expect(many.contains("name=\"\(field)\""), "\(field)")
        }
        #expect(!many.contains("name=\"ids\"") && !many.contains("Try one first"))
        let none = page(.cancel, 0, .ids(""))
        #expect(none.contains("No job matches") && !none.contains("name=\"ids\""))
    }

    @Test("gives its live parts as they stand in it")
    func regions() {
        let page = JobsPage(
            frame: frame, view: JobsView(), counts: [("failed", 1)], jobs: [], next: nil, lookedAt: nil,
            pipeline: "mail")
        let whole = templates.page(page)
        let regions = templates.regions(of: page)
        #expect(regions.map(\.id) == ["tabs", "jobs", "as-of"])
        for region in regions {
            #expect(whole.contains(region.html.trimmingSuffix(while: \.isNewline)), "\(region.id)")
            #expect(region.html.contains("id=\"\(region.id)\" data-live"))
        }
        let older = JobsPage(
            frame: frame, view: JobsView(before: 9), counts: [], jobs: [], next: nil, lookedAt: nil, pipeline: "mail")
        #expect(templates.regions(of: older).isEmpty)
        #expect(!templates.page(older).contains("id=\"jobs\" data-live"))
    }

    private var frame: PageFrame {
        PageFrame(
            "Jobs", in: .jobs, daemon: .init(version: "1", host: "box", pid: 7, database: "kata.db"), uptime: 60,
            at: now)
    }
}

extension String {
    fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> Substring {
        var text = self[...]
        while text.last.map(predicate) ?? false { text.removeLast() }
        return text
    }
}
