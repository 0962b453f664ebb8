import Testing

@testable import Kata

@Suite("The address of a PostgreSQL database")
struct PostgresAddressTests {
    @Test(
        "is shown without its password",
        arguments: [
            ("postgres://", "postgres://"), ("postgres:///kata", "postgres:///kata"),
            ("postgres://host/kata", "postgres://host/kata"),
            ("postgresql://me@host:5433/kata?sslmode=require", "postgresql://me@host:5433/kata?sslmode=require"),
            ("postgres://me:secret@host/kata", "postgres://me@host/kata"),
            ("postgres://me:se?cr:et@host/kata", "postgres://me@host/kata"),
            ("postgres://:secret@host/kata", "postgres://@host/kata"),
            ("postgres://host/kata?password=secret&user=me", "postgres://host/kata?user=me"),
            ("postgres://host/kata?sslpassword=secret", "postgres://host/kata"),
            ("postgres://host/kata?PassWord=secret&passfile=secret", "postgres://host/kata"),
            ("postgres://me@[::1]:5432/kata", "postgres://me@[::1]:5432/kata"),
            ("postgres://u:pa/ss@host/db", "postgres://u@host/db"),
            ("postgres://u:p@ss@host/db", "postgres://u@host/db"),
            ("postgres://host/kata?p%61ssword=secret&sslkey=x", "postgres://host/kata"),
        ])
    func shown(_ text: String, _ shown: String) throws {
        #expect(try #require(PostgresAddress(text)).shown == shown)
    }

    @Test(
        "is told from the path of a file",
        arguments: ["", "kata.db", "/var/lib/postgres://x", "postgres:/x", "POSTGRES://x"])
    func path(_ text: String) {
        #expect(PostgresAddress(text) == nil)
    }
}
