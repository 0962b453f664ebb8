/// The candidate that was most likely meant by a misspelled word, in any case of letters; `nil` if none is near, which
/// means at most two mistakes, or one for every three letters of the candidate.
public func nearest(to word: String, in candidates: [String]) -> String? {
    let word = letters(of: word)
    return
        candidates
        .map { candidate in
            let letters = letters(of: candidate)
            return (candidate: candidate, length: letters.count, distance: editDistance(word, letters))
        }
        .filter { $0.distance <= max(2, $0.length / 3) && $0.distance < $0.length }
        .min { ($0.distance, $0.candidate) < ($1.distance, $1.candidate) }?
        .candidate
}

/// How many letters must be inserted, removed, replaced or swapped with their neighbour to make one text of the other.
/// Only the first 100 of each count.
func editDistance(_ left: String, _ right: String) -> Int {
    editDistance(Array(left.prefix(scalars: 100).unicodeScalars), Array(right.prefix(scalars: 100).unicodeScalars))
}

/// The beginning of a text in small letters, as far as it counts. Cut first: the text may be as long as a file.
private func letters(of text: String) -> [Unicode.Scalar] {
    Array(text.prefix(scalars: 100).lowercased().prefix(scalars: 100).unicodeScalars)
}

private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
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
