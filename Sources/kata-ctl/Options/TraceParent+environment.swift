import Foundation
import Kata

extension TraceParent {
    /// What a program that is part of a trace is given in `TRACEPARENT`; `nil` if there is none, or if it can't be understood.
    static var ofEnvironment: TraceParent? {
        ProcessInfo.processInfo.environment["TRACEPARENT"].flatMap(TraceParent.init)
    }
}
