import Testing

/// Tests that measure time, beside which nothing else may run. They run in a group of their own.
@Suite(.serialized) enum Timing {}
