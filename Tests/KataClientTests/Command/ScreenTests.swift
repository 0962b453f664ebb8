import Testing

@testable import kata_ctl

@Suite("What is drawn on a screen")
struct ScreenTests {
    @Test("takes the place of what was drawn before")
    func replaced() {
        var screen = Screen()
        let size = Screen.Size(columns: 10, lines: 5)
        #expect(screen.drawing(of: ["a", "b"], on: size) == "a\u{1b}[K\nb\u{1b}[K\n\u{1b}[J")
        #expect(screen.drawing(of: ["c"], on: size) == "\u{1b}[2A\rc\u{1b}[K\n\u{1b}[J")
        #expect(screen.drawing(of: ["d", "e"], on: size).hasPrefix("\u{1b}[1A\r"))
    }

    @Test("begins anew at the top after the terminal was resized, which may have broken lines in two")
    func resized() {
        var screen = Screen()
        _ = screen.drawing(of: ["0123456789"], on: Screen.Size(columns: 20, lines: 5))
        let drawing = screen.drawing(of: ["0123456789"], on: Screen.Size(columns: 6, lines: 5))
        #expect(drawing == "\u{1b}[H\u{1b}[2J01234…\u{1b}[K\n\u{1b}[J")
        #expect(screen.drawing(of: ["x"], on: Screen.Size(columns: 6, lines: 5)).hasPrefix("\u{1b}[1A\r"))
    }

    @Test("is no more than fits, and says what is missing")
    func cut() {
        var screen = Screen()
        let drawing = screen.drawing(of: ["日本語", "2", "3", "4"], on: Screen.Size(columns: 5, lines: 4))
        #expect(drawing == "日本…\u{1b}[K\n2\u{1b}[K\n… 2 …\u{1b}[K\n\u{1b}[J")
        #expect(
            screen.drawing(of: ["1", "2", "3"], on: Screen.Size(columns: 5, lines: 4)).hasSuffix("3\u{1b}[K\n\u{1b}[J"))
    }
}
