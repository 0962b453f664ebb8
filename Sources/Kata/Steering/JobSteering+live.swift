extension JobSteering {
    /// What jobs print that are in handlers' hands.
    package var outputs: LiveOutputs { recorder.outputs }

    /// What happens to jobs, for those who look on.
    package var events: LiveEvents { recorder.events }
}
