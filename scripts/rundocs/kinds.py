"""What is not run, and what is run otherwise than it stands there."""

# What is not run, or otherwise than it stands there: a pattern, a method of Page or nothing, and why or how. The first that
# is found counts; a command that none is for is run.
KINDS = [
    (r"make (build|deb|tarball|test\S*|lint|lesson|bench\S*|docs|site|release|fuzz\S*|simulate)\b", None, "builds, measures or tests, which takes minutes"),
    (r"swift ", None, "builds"),
    (r"apt(-get)? ", None, "changes the system's packages"),
    (r"createuser |createdb ", None, "changes a database server of the system; the one of the tests has that"),
    (r"systemctl --user (enable --now|start) kata$", "start_user_unit", "katad --user started as by its unit"),
    (r"journalctl |systemctl (--user|daemon-reload|edit)|systemd-(run|sysusers)", None, "needs systemd; see scripts/test-system"),
    (r"ssh ", None, "needs another machine"),
    (r".*/sys/fs/cgroup/", None, "changes the machine's control groups; see scripts/test-system"),
    (r"git clone ", "clone", "'git clone' of what is there"),
    (r"make run\b", "make_run", "'make run' without the build"),
    (r"make install\b", "make_install", "'make install' with a DESTDIR"),
    (r"systemctl (enable --now|start|restart) (?P<unit>kata(@\w+)?)$", "start_unit", "katad started as by its unit"),
    (r"systemctl stop (?P<unit>kata(@\w+)?)$", "stop_unit", "katad stopped as its unit is"),
    (r"(\w+=\S* )*(\S*/)?katad (?!.*--(once|check|version|help)\b)", "start_daemon", "katad, until the page's end"),
    (r"kata-ctl .*(--watch\b|-w\b)|kata-ctl ui\b|curl -N ", "run_until_interrupted", "what goes on, until Ctrl-C"),
]
NOT_COMMANDS = {"swift": "Swift, which takes a build", "ini": "a part of a unit; see scripts/check-units"}
# What changes nothing, so that it can be asked again until it looks as on the page.
READING = r"kata-ctl (status|jobs|failures|explain|schedules|plugins|estimate)\b(?! test)"
