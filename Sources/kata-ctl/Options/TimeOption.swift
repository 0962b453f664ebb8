import ArgumentParser

/// In which zone times are shown to people; JSON has them in UTC.
struct TimeOption: ParsableArguments {
    @Flag(help: "Show times in UTC, instead of the zone of this terminal.")
    var utc = false

    var text: TimeText { TimeText(isUTC: utc) }
}
