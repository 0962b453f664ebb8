import Kata
import KataCommand

/// Rows of text in columns that are as wide as their widest cell, for people.
struct TextTable {
    enum Alignment {
        case left, right
    }

    private let alignments: [Alignment]
    private let indent: String
    private var rows: [[String]]

    /// - Parameters:
    ///   - columns: their titles, and to which side the cells are moved. The last one is filled up to no width.
    ///   - indent: how many blanks stand before each row.
    init(_ columns: [(title: String, alignment: Alignment)], indent: Int = 0) {
        alignments = columns.map(\.alignment)
        rows = [columns.map(\.title)]
        self.indent = String(repeating: " ", count: indent)
    }

    /// - Parameter cells: as many as there are columns, without line breaks.
    mutating func add(_ cells: [String]) {
        rows.append(cells)
    }

    /// - Parameter row: from 0 for the first one that was added.
    mutating func setLastCell(of row: Int, to text: String) {
        rows[row + 1][alignments.count - 1] = text
    }

    /// A line for the titles, and one for each row.
    ///
    /// - Parameter width: in columns of a terminal, at which lines are cut; `nil` leaves them whole.
    func lines(width: Int?) -> [String] {
        let widths = widths
        return rows.map { cells in
            var line = indent
            for (column, cell) in cells.enumerated() {
                switch alignments[column] {
                case .right: line += cell.paddedLeft(to: widths[column])
                case .left where column == cells.count - 1: line += cell
                case .left: line += cell.paddedRight(to: widths[column])
                }
                if column < cells.count - 1 { line += "  " }
            }
            while line.last == " " { line.removeLast() }
            return width.map { line.cut(toColumns: $0) } ?? line
        }
    }

    /// How many columns of a terminal stand before the last cell of a row.
    var lastColumnStart: Int {
        widths.dropLast().reduce(indent.count) { $0 + $1 + 2 }
    }

    private var widths: [Int] {
        alignments.enumerated().map { column, alignment in
            // Nothing stands behind the last one, and its cells may be long.
            column == alignments.count - 1 && alignment == .left ? 0 : rows.map { $0[column].columns }.max() ?? 0
        }
    }
}
