/// A transaction of which it is not known whether it is kept: the answer to its commit was lost.
struct UndecidedCommit: Error {
    let failure: StoreFailure
    let requests: [RecorderRequest]
    let group: RecorderGroup

    /// The same without questions, which do not wait for the store.
    var withoutQuestions: UndecidedCommit {
        let places = requests.indices.filter { index in
            if case .question = requests[index] { false } else { true }
        }
        return UndecidedCommit(failure: failure, requests: places.map { requests[$0] }, group: group.keeping(places))
    }
}
