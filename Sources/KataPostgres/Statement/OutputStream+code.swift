import Kata

extension OutputPiece.Stream {
    /// What stands for the stream in the tables.
    var code: Int64 {
        switch self {
        case .out: 0
        case .err: 1
        }
    }

    init(code: Int64) {
        self = code == 1 ? .err : .out
    }
}
