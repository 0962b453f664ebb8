import Testing

/// Tests that write or fork so much that tests of processes beside them would starve. They run in a group of their own.
@Suite enum Floods {}
