import Glibc
import Testing

@testable import KataPlugins

@Suite("A program's file")
struct ProgramFileTests {
    @Test(
        "names its interpreter, if it is a script",
        arguments: [
            ("#!/bin/sh\n", "/bin/sh", false), ("#! /bin/sh -e\n", "/bin/sh", false), ("#!\t/a\tb", "/a", false),
            ("#!/bin/sh\r\n", "/bin/sh", true), ("#!/usr/bin/env python3\r\nx", "/usr/bin/env", true),
            ("#!", "", false),
            ("#!\r\n", "", true), ("", nil, false), ("#", nil, false), ("echo\r\n", nil, false),
            ("\u{7f}ELF", nil, false),
        ] as [(String, String?, Bool)])
    func interpreter(text: String, interpreter: String?, hasWindowsLines: Bool) {
        let file = ProgramFile(beginning: Array(text.utf8))
        #expect(file.interpreter == interpreter && file.hasWindowsLines == hasWindowsLines)
        #expect(file.isBinary == text.hasSuffix("ELF"))
    }

    @Test("explains an error only where there is something to explain")
    func reasons() {
        #expect(ProgramFile(beginning: Array("#!/no/such\n".utf8)).reason(of: ENOENT)?.contains("'/no/such'") == true)
        #expect(ProgramFile(beginning: Array("#!/etc/passwd\n".utf8)).reason(of: EACCES)?.contains("executed") == true)
        #expect(ProgramFile(beginning: Array("#!/bin/sh\n".utf8)).reason(of: EACCES) == nil)
        #expect(ProgramFile(beginning: Array("\u{7f}ELF".utf8)).reason(of: ENOENT)?.contains("loader") == true)
        #expect(ProgramFile(beginning: Array("text".utf8)).reason(of: ENOEXEC) == nil)
    }
}
