/// The candidate that was most likely meant by a misspelled word, in any case of letters; `nil` if none is near, which
/// means at most two mistakes, or one for every three letters of the candidate.
public func nearest(to word: String, in candidates: [String]) -> String? {
    return
        candidates
        .map { (candidate: $0, distance: editDistance(word.lowercased(), $0.lowercased())) }
        .filter { $0.distance <= max(2, $0.candidate.count / 3) && $0.distance < $0.candidate.count }
        .min { ($0.distance, $0.candidate) < ($1.distance, $1.candidate) }?
        .candidate
}

/// How many characters must be inserted, removed, replaced or swapped with their neighbour to make one text of the
/// other. Only the first 100 characters of each count.
func editDistance(_ left: String, _ right: String) -> Int {
    let left = Array(left.prefix(100))
    let right = Array(right.prefix(100))
    var rows = [Array(0...right.count)]
    for i in left.indices {
        var row = [i + 1]
        for j in right.indices {
            var cost = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (left[i] == right[j] ? 0 : 1))
            if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                cost = min(cost, rows[i - 1][j - 1] + 1)
            }
            row.append(cost)
        }
        rows.append(row)
    }
    return rows[left.count][right.count]
}
