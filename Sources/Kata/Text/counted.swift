/// A number with its noun, in the form that the number asks for: `1 job`, `2 jobs`.
///
/// - Parameter noun: in the singular; its plural ends in `s`.
package func counted(_ number: Int, _ noun: String) -> String {
    number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
}
