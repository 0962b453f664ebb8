"""What is wrong with a page."""


class Fault(Exception):
    """A sentence for whoever has written the page, and what was printed."""

    def __init__(self, what, output=""):
        super().__init__(what)
        self.output = output


def with_faults(page, action):
    try:
        action()
    except Fault as fault:
        page.faults.append((page.line, str(fault), fault.output))
