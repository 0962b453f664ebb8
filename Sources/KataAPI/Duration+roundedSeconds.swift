import Kata

extension Duration {
    /// In seconds, rounded to the microsecond.
    var roundedSeconds: Double { (seconds * 1e6).rounded() / 1e6 }
}
