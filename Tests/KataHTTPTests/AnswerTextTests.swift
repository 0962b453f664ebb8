import Kata
import Testing

@testable import KataHTTP

@Suite("What is kept of an answer")
struct AnswerTextTests {
    @Test("is all of it, up to the limit")
    func fits() {
        let (text, omitted) = answer(limit: 6, "ab", "", "cdef").text()
        #expect(text == "abcdef" && omitted == 0)
    }

    @Test("is the first of it, beyond the limit")
    func cut() {
        let answer = answer(limit: 3, "ab", "cdef", "gh")
        #expect(answer.isCut)
        let (text, omitted) = answer.text()
        #expect(text == "abc" && omitted == 5)
    }

    @Test("ends with no part of a character", arguments: 0...3)
    func cutCharacter(offset: Int) {
        let (text, omitted) = answer(limit: 4 + offset, "aé🦊🦊").text()
        #expect(text == (offset == 3 ? "aé🦊" : "aé") && omitted == 11 - text.utf8.count)
    }

    @Test("leaves room for the note that something is missing", arguments: ["x", "é", "\u{0}"])
    func note(character: String) {
        let long = String(repeating: character, count: JobContext.outputLimit + 10)
        let (text, omitted) = answer(limit: JobContext.outputLimit, long).text()
        let note = "\n[\(omitted) more bytes were not kept]"
        #expect(text.utf8.count + note.utf8.count <= JobContext.outputLimit)
        #expect(text.utf8.count + omitted >= long.utf8.count && text.utf8.count > JobContext.outputLimit - 70)
    }

    @Test("fits, too, where what is no UTF-8 was replaced")
    func replaced() {
        var answer = AnswerText(limit: JobContext.outputLimit)
        answer.append([UInt8](repeating: 0xff, count: JobContext.outputLimit))
        let (text, omitted) = answer.text()
        #expect(text.utf8.count <= JobContext.outputLimit - 60 && omitted > 0)
    }

    private func answer(limit: Int, _ parts: String...) -> AnswerText {
        var answer = AnswerText(limit: limit)
        for part in parts { answer.append(part.utf8) }
        return answer
    }
}
