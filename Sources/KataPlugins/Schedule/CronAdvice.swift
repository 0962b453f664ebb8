import Kata

/// What other programs take for a time and Kata has a key of its own for.
enum CronAdvice {
    /// What to write in place of a text that is no cron expression here; `nil` if there is nothing to say.
    static func advice(on text: String) -> String? {
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        guard let first = words.first else { return nil }
        if first.lowercased() == "@every" {
            let period = words.count == 2 && Duration(configuration: words[1]) != nil ? words[1] : "5m"
            return "is '\(text.abbreviated)', expected the key every in place of cron, as in every: \(period)"
        }
        if first.lowercased() == "@reboot" {
            return
                "is '@reboot', which is no time; expected a pipeline with producer: { plugin: inbox }, or a unit of systemd"
        }
        for name in ["CRON_TZ=", "TZ="] where first.uppercased().hasPrefix(name) {
            let zone = first.dropFirst(name.count)
            let rest = words.dropFirst().joined(separator: " ")
            return "is '\(text.abbreviated)', expected the key time_zone: \(zone) beside cron: \"\(rest)\""
        }
        return nil
    }
}
