"""A shell, as a reader has it, and what it has started."""
import os
import pathlib
import select
import subprocess
import time

from .fault import Fault

# For what never ends; nothing waits for so long that works, on a busy machine either.
PATIENCE = 30


class Shell:
    """A shell that is given one command after the other, and says how each has ended."""

    LOOP = r"""
        set -m
        # The answer to whoever was killed meanwhile; not ignored, because commands would ignore it, too.
        trap : PIPE
        while IFS= read -r -d '' -u 9 output && IFS= read -r -d '' -u 9 command; do
            eval "$command" </dev/null >"$output" 2>&1 8>&- 9<&-
            printf '%s %s\n' "$?" "$!" >&8
        done
        # Whoever gave the commands has ended, or was killed.
        for job in $(jobs -p); do kill -TERM -- -"$job"; done
    """

    def __init__(self, folder, outputs, environment):
        commands, self.commands = os.pipe()
        self.results, results = os.pipe()
        self.outputs, self.count, self.is_alive = outputs, 0, True
        self.process = subprocess.Popen(
            ["bash", "-c", f"exec 9<&{commands} 8>&{results} {commands}<&- {results}>&-; {self.LOOP}"],
            cwd=folder, env=environment, stdin=subprocess.DEVNULL, start_new_session=True, pass_fds=[commands, results])
        os.close(commands)
        os.close(results)

    def run(self, command):
        """Its exit code, the number of the latest process in the background, and the file with the output."""
        self.count += 1
        output = self.outputs / str(self.count)
        os.write(self.commands, f"{output}\0{command}\0".encode())
        answer = b""
        deadline = time.monotonic() + PATIENCE
        while not answer.endswith(b"\n"):
            if not select.select([self.results], [], [], max(0, deadline - time.monotonic()))[0]:
                # It would hold up all others, so the page ends here.
                self.is_alive = False
                raise Fault(f"did not end within {PATIENCE} s", read(output))
            part = os.read(self.results, 100)
            if not part:
                self.is_alive = False
                raise Fault("ended the shell", read(output))
            answer += part
        status, _, background = answer.decode().strip().partition(" ")
        return int(status), int(background or 0), output

    def close(self):
        os.close(self.commands)
        os.close(self.results)
        self.process.kill()
        self.process.wait()


def read(output):
    try:
        return output.read_text(errors="replace")
    except FileNotFoundError:
        return ""


def is_alive(process):
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
