import Foundation
import Mustache

/// Makes pages, and regions of them, of what they are to show.
public struct DashboardTemplates: Sendable {
    private let library: MustacheLibrary

    /// Reads the templates, which are part of the program.
    ///
    /// - Throws: what is wrong with one of them.
    public init() throws {
        var library = MustacheLibrary()
        for (name, bytes) in Self.sources {
            try library.register(String(decoding: bytes, as: UTF8.self), named: name)
        }
        self.library = library
    }

    /// The whole page.
    public func page(_ page: any DashboardPage) -> String { render(TemplateValues.values(of: page), page.template) }

    /// The parts of a page that are kept up to date: the id of each element, and the element.
    public func regions(of page: any DashboardPage) -> [(id: String, html: String)] {
        if page.regions.isEmpty { return [] }
        let values = TemplateValues.values(of: page)
        return (page.regions + [PageRegion("as-of")]).map { ($0.id, render(values, $0.template)) }
    }

    private func render(_ values: Any?, _ template: String) -> String {
        // Only an unknown name gives nothing, and all names are tested.
        library.render(values ?? [:], withTemplate: template) ?? ""
    }

    private static let sources: [String: [UInt8]] = [
        "as-of": PackageResources.as_of_mustache, "command": PackageResources.command_mustache,
        "confirm": PackageResources.confirm_mustache, "depends": PackageResources.depends_mustache,
        "other-item": PackageResources.other_item_mustache, "drain": PackageResources.drain_mustache,
        "error": PackageResources.error_mustache, "failure-table": PackageResources.failure_table_mustache,
        "failures": PackageResources.failures_mustache, "forecast": PackageResources.forecast_mustache,
        "job-now": PackageResources.job_now_mustache, "job-state": PackageResources.job_state_mustache,
        "job-table": PackageResources.job_table_mustache, "job": PackageResources.job_mustache,
        "jobs": PackageResources.jobs_mustache, "layout": PackageResources.layout_mustache,
        "latency": PackageResources.latency_mustache, "next": PackageResources.next_mustache,
        "notice": PackageResources.notice_mustache,
        "output": PackageResources.output_mustache, "overview": PackageResources.overview_mustache,
        "pipeline-now": PackageResources.pipeline_now_mustache,
        "pipeline-state": PackageResources.pipeline_state_mustache, "pipeline": PackageResources.pipeline_mustache,
        "pipelines": PackageResources.pipelines_mustache, "plugin-table": PackageResources.plugin_table_mustache,
        "plugins": PackageResources.plugins_mustache, "prediction": PackageResources.prediction_mustache,
        "progress": PackageResources.progress_mustache, "receipt": PackageResources.receipt_mustache,
        "run": PackageResources.run_mustache, "running": PackageResources.running_mustache,
        "schedule-table": PackageResources.schedule_table_mustache,
        "schedules": PackageResources.schedules_mustache, "tabs": PackageResources.tabs_mustache,
        "terminal": PackageResources.terminal_mustache, "time": PackageResources.time_mustache,
        "timeline": PackageResources.timeline_mustache, "verdict": PackageResources.verdict_mustache,
    ]
}
