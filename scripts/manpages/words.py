"""What the pages say of what the help, the schema and the documents only name."""

# What the pages say of the files and variables that they name.
FILES = {
    "/etc/kata/kata.yaml": "the configuration, unless another one is named",
    "$XDG_CONFIG_HOME/kata/kata.yaml": "that of a user's own daemon",
    "$XDG_RUNTIME_DIR/kata/kata.sock": "the socket of a user's own daemon",
    "/run/kata/kata.sock": "the socket of the system's daemon, under systemd",
    "./kata.sock": "the socket of a daemon that was started in the working directory",
    "/var/lib/kata/kata.db": "the database of the system's daemon, under systemd",
    "$XDG_STATE_HOME/kata/kata.db": "the database of a user's own daemon",
}
VARIABLES = {
    "KATA_CONFIG": "the configuration, unless the command line names one",
    "KATA_SOCKET": "the daemon's socket, unless the command line names one",
    "XDG_CONFIG_HOME": "where a user's configurations are; `~/.config` if it is not set",
    "XDG_RUNTIME_DIR": "where the sockets of a user's programs are; `/run/user/UID` if it is not set, and that is there",
    "XDG_STATE_HOME": "where the data of a user's programs are; `~/.local/state` if it is not set",
    "STATE_DIRECTORY": "where the database is; systemd sets it for its services",
    "RUNTIME_DIRECTORY": "where the socket is; systemd sets it for its services",
    "TRACEPARENT": "the trace that a job without one of its own belongs to, as W3C Trace Context writes it",
}
# The patterns of the schema in words. A new one has to be added here.
PATTERNS = {
    "^[A-Za-z0-9_.-]{1,64}$": "1 to 64 letters, digits, `_`, `.` or `-`",
    "^0?[67][0-7][0-7]$": "permissions, such as `0660`",
    "^(127(\\.[0-9]{1,3}){3}|localhost|\\[::1\\]):[1-9][0-9]{0,4}$": "loopback address and port, such as `127.0.0.1:9464`",
    "^[0-9]+([KMG](iB)?)?$": "size",
    "^[0-9]+/(s|m|h)$": "rate, such as `10/s`",
    "^https?://": "address, `http://` or `https://`",
    "^https?://|^\\{item\\}$": "address, `http://` or `https://`, or `\"{item}\"`",
}
TYPES = {"path": "path", "duration": "duration", "positiveDuration": "duration, not 0", "size": "size"}
# Links to documents that are no files for who reads a page.
DOCUMENTS = {"plugins.md": "kata.yaml(5)", "configuration.md": "kata.yaml(5)"}
