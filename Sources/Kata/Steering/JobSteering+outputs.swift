extension JobSteering {
    /// What jobs print that are in handlers' hands.
    package var outputs: LiveOutputs { recorder.outputs }
}
