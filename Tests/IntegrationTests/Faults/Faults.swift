import Testing

/// Faults that are brought about on purpose. They run one after the other, in a group of their own, a few rounds of each;
/// `make test-faults` runs as many as `docs/reliability.md` speaks of.
@Suite(.serialized) enum Faults {}
