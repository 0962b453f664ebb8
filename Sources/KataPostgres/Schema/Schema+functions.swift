import Kata

/// Functions that statements and views use.
extension Schema {
    static let functions = [
        // What is shown of an item. A text that only looks as if it said so is shown itself.
        """
        CREATE FUNCTION shown_item(item text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL UNSAFE STRICT AS $$
        BEGIN
            IF NOT starts_with(item, '{"\(ShownItem.field)":"') THEN RETURN item; END IF;
            RETURN coalesce(item::json ->> '\(ShownItem.field)', item);
        EXCEPTION WHEN OTHERS THEN
            RETURN item;
        END
        $$
        """,
        // What was printed, as a text; bytes that are none are written as escapes.
        """
        CREATE FUNCTION printed_text(data bytea) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL UNSAFE STRICT AS $$
        BEGIN
            RETURN convert_from(data, 'UTF8');
        EXCEPTION WHEN OTHERS THEN
            RETURN encode(data, 'escape');
        END
        $$
        """,
        // A time of the tables as ISO 8601 in UTC.
        """
        CREATE FUNCTION iso_time(milliseconds bigint) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE STRICT AS $$
            SELECT to_char(to_timestamp(milliseconds / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
        $$
        """,
    ]
}
