#!/usr/bin/env python3
"""Looks at every page of a daemon's dashboard in a real browser, as people do: wide and narrow, light and dark, with and without
JavaScript. Says each fault on a line, and ends with 1 if there is one.

usage: look.py SOCKET JOB CTL [SCREENSHOTS]
  SOCKET        the daemon's
  JOB           the id of a job whose item is HTML, which has to stay text
  CTL           kata-ctl
  SCREENSHOTS   a folder for pictures of the pages

Needs playwright and axe-playwright-python, and Debian's chromium.
"""
import pathlib
import socket
import subprocess
import sys
import threading

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
         "resultTypes": ["violations"]}
# In milliseconds: many daemons and browsers may be at work beside this one.
PATIENCE = 300_000
faults = []


def fault(*words):
    faults.append(words)
    print(*words)


def pump(source, target):
    try:
        while block := source.recv(65536):
            target.sendall(block)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def forward(path):
    """Forwards a port of this machine to the socket, as ssh -L does. Returns the port, and what makes the way stop and go."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    is_open = threading.Event()
    is_open.set()

    def accept():
        while True:
            client, _ = listener.accept()
            if not is_open.is_set():
                client.close()
                continue
            daemon = socket.socket(socket.AF_UNIX)
            daemon.connect(path)
            connections.extend((client, daemon))
            for ends in ((client, daemon), (daemon, client)):
                threading.Thread(target=pump, args=ends, daemon=True).start()

    connections = []

    def cut():
        is_open.clear()
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1], cut, is_open.set


def look(page, where, axe):
    """What may not be on any page."""
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        fault(*where, "scrolls sideways")
    for violation in axe.run(page, options=RULES).response["violations"]:
        fault(*where, violation["id"], violation["help"], [node["target"] for node in violation["nodes"]][:3])


def look_at_all(browser, base, paths, shots):
    axe = Axe()
    # Each two of width, colours and script come together once.
    for width, scheme, script in (
        (320, "light", True), (1280, "dark", True), (1280, "light", False), (320, "dark", False),
    ) + (((1280, "light", True),) if shots else ()):
        # axe needs JavaScript, so a browser without it is one that does not get the script.
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        context.set_default_timeout(PATIENCE)
        if not script:
            context.route("**/kata.js", lambda route: route.abort())
        for path in paths:
            page = context.new_page()
            said = []
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            page.goto(base + path)
            where = (path, width, scheme, "with script" if script else "without script")
            if script:
                expect(page.locator("#live")).to_have_text("live", timeout=PATIENCE)
            for text in said:
                if script or "ERR_FAILED" not in text:
                    fault(*where, text)
            look(page, where, axe)
            if shots and script and (width, scheme) == (1280, "light"):
                name = path.strip("/").replace("/", "-") or "ui"
                page.screenshot(path=str(shots / f"{name}.png"), full_page=True)
            page.close()
        context.close()


def act_without_script(browser, base, job):
    """Forms do what they say, and lead to pages."""
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{base}/ui/jobs/{job}")
    if page.locator("script:not([src])").count():
        fault("the item of a job became a script")
    page.get_by_role("button", name="Retry").click()
    if not page.url.endswith(f"/ui/jobs/{job}?did=retried-1"):
        fault("a retry leads to", page.url)
    if page.get_by_role("status").filter(has_text="1 job was given one more attempt.").count() != 1:
        fault("a page does not say what was done")
    page.goto(f"{base}/ui/pipelines/mail")
    page.get_by_role("button", name="Pause").click()
    if page.get_by_role("button", name="Resume").count() != 1:
        fault("a pipeline that was paused can't be resumed")
    page.get_by_role("button", name="Resume").click()
    context.close()


def stay_live(browser, base, cut, restore):
    """The page changes by itself, says when it can't, and comes back."""
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(base + "/ui/")
    live = page.locator("#live")
    expect(live).to_have_text("live", timeout=PATIENCE)
    cut()
    expect(live).to_have_text("offline", timeout=PATIENCE)
    restore()
    expect(live).to_have_text("live", timeout=PATIENCE)
    before = page.locator("#as-of").inner_text()
    expect(page.locator("#as-of")).not_to_have_text(before, timeout=PATIENCE)
    page.keyboard.press("/")
    page.wait_for_url("**/ui/jobs#search")
    if page.evaluate("document.activeElement.id") != "search":
        fault("the key / does not lead to the search")
    page.close()


def refuse_others(browser, base):
    """A form of another site changes nothing."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.route("http://evil.example/", lambda route: route.fulfill(
        content_type="text/html", body=f'<form method="post" action="{base}/v1/pipelines/mail/cancel"><button>Win</button></form>'))
    page.goto("http://evil.example/")
    with page.expect_response("**/cancel") as answer:
        page.get_by_role("button").click()
    if answer.value.status != 403:
        fault("a form of another site is answered with", answer.value.status)
    context.close()


def press(page, key, times=1):
    for _ in range(times):
        page.keyboard.press(key)


def use_keys(browser, base, job):
    """Everything can be done with a keyboard alone, and there are keys for what is done often, which can be switched off."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(base + "/ui/jobs")
    page.wait_for_selector("html.js")
    focused = "document.activeElement"
    press(page, "Tab")
    if page.evaluate(f"{focused}.className") != "skip":
        fault("the first thing that Tab leads to is", page.evaluate(f"{focused}.outerHTML"))
    press(page, "Enter")
    if not page.url.endswith("#main"):
        fault("the skip link leads to", page.url)
    press(page, "j", 2)
    press(page, "k")
    if page.evaluate(f"{focused}.closest('[data-row]') !== document.querySelector('[data-row]')"):
        fault("j, j and k do not lead to the first row")
    press(page, "x")
    expect(page.locator("#selected")).to_have_text("1 selected", timeout=PATIENCE)
    press(page, "Control+x")
    expect(page.locator("#selected")).to_have_text("1 selected", timeout=PATIENCE)
    press(page, "/")
    page.keyboard.type("jkx?")
    if page.locator("#search").input_value() != "jkx?":
        fault("keys do not leave alone who types")
    press(page, "Escape")
    page.goto(base + "/ui/jobs")
    page.wait_for_selector("html.js")
    press(page, "?")
    help_box = page.locator("#help")
    expect(help_box).to_be_visible(timeout=PATIENCE)
    page.locator("#keys-on").focus()
    press(page, "Space")
    press(page, "Escape")
    expect(help_box).to_be_hidden(timeout=PATIENCE)
    page.reload()
    page.wait_for_selector("html.js")
    press(page, "j")
    if page.evaluate(f"{focused}.closest('[data-row]') !== null"):
        fault("keys that were switched off act")
    page.goto(f"{base}/ui/jobs/{job}")
    page.wait_for_selector("html.js")
    seen = []
    for _ in range(60):
        press(page, "Tab")
        seen.append(page.evaluate(f"{focused}.textContent.trim()"))
        outline = page.evaluate(f"getComputedStyle({focused}).outlineStyle + getComputedStyle({focused}).outlineWidth")
        if outline.startswith("none") or outline.endswith("none0px"):
            fault("what has the focus can't be seen:", seen[-1], outline)
        if seen[-1] == "Retry":
            break
    else:
        fault("Tab does not lead to a button for a retry, but to", seen)
    with page.expect_navigation():
        press(page, "Enter")
    if not page.url.endswith(f"/ui/jobs/{job}?did=retried-1"):
        fault("a retry by keyboard leads to", page.url)
    context.close()


def open_by_command(browser, path, ctl):
    """kata-ctl ui opens the dashboard for the first browser, and for no other."""
    command = subprocess.Popen([ctl, "ui", "--socket", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        address = command.stdout.readline().strip()
        own, other = browser.new_context(), browser.new_context()
        page = own.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(address)
        if not page.url.endswith("/ui/"):
            fault("kata-ctl ui leads to", page.url)
        expect(page.locator("#live")).to_have_text("live", timeout=PATIENCE)
        if own.cookies()[0]["sameSite"] != "Strict" or not own.cookies()[0]["httpOnly"]:
            fault("the cookie of kata-ctl ui is", own.cookies()[0])
        stranger = other.new_page()
        stranger.set_default_timeout(PATIENCE)
        for target in (address, page.url):
            if stranger.goto(target).status != 403:
                fault("kata-ctl ui lets another browser in at", target)
        page.goto(page.url + "pipelines/mail")
        main_part = page.locator("main")
        main_part.get_by_role("button", name="Pause").click()
        main_part.get_by_role("button", name="Resume").click()
        expect(main_part.get_by_role("button", name="Pause")).to_have_count(1, timeout=PATIENCE)
        own.close()
        other.close()
    finally:
        command.terminate()
        command.wait()


def main():
    path, job, ctl = sys.argv[1:4]
    shots = pathlib.Path(sys.argv[4]) if len(sys.argv) > 4 else None
    port, cut, restore = forward(path)
    base = f"http://127.0.0.1:{port}"
    paths = ["/ui/", "/ui/jobs", f"/ui/jobs/{job}", "/ui/failures", "/ui/schedules", "/ui/plugins", "/ui/drain",
             "/ui/pipelines/kata", "/ui/pipelines/mail"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        look_at_all(browser, base, paths, shots)
        refuse_others(browser, base)
        act_without_script(browser, base, job)
        use_keys(browser, base, job)
        open_by_command(browser, path, ctl)
        stay_live(browser, base, cut, restore)
        browser.close()
    sys.exit(1 if faults else 0)


main()
