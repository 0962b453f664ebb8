/// Which run of its pipeline a run is, for people, behind what else is said of it: as ids of runs are given out to all
/// pipelines, they don't tell. Empty where the id does.
struct RunNumberText {
    let text: String

    init(_ number: Int?, id: Int64) {
        text = number.map { $0 == id ? "" : ", the pipeline's \($0)\(Self.ending($0)) run" } ?? ""
    }

    private static func ending(_ number: Int) -> String {
        if (11...13).contains(number % 100) { return "th" }
        return switch number % 10 {
        case 1: "st"
        case 2: "nd"
        case 3: "rd"
        default: "th"
        }
    }
}
