# SPDX-License-Identifier: MIT
"""Chromium, told what to do over the WebDriver protocol; no library for it is needed."""
import base64
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from status_world import free_port
from world.process import Failed, until
from world.unpack import program

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Browser:
    """One headless window. A context manager: the browser ends with it."""

    def __init__(self, root):
        self._root = root
        self._home = pathlib.Path(tempfile.mkdtemp(prefix="mta-stsd-browser-"))
        self._driver = None
        self._base = ""

    def __enter__(self):
        environment = dict(os.environ, HOME=str(self._home), LANG="C.UTF-8")
        lib = self._root / "usr" / "lib"
        libraries = [str(path) for path in (*lib.glob("*-linux-gnu"), *lib.glob("*-linux-gnu/pulseaudio"))]
        environment["LD_LIBRARY_PATH"] = ":".join(libraries)
        fonts = self._home / "fonts.conf"
        fonts.write_text(f"<?xml version='1.0'?><!DOCTYPE fontconfig SYSTEM 'fonts.dtd'><fontconfig>"
                         f"<dir>{self._root}/usr/share/fonts</dir><dir>/usr/share/fonts</dir>"
                         "<match target='pattern'><edit name='family' mode='assign' binding='strong'>"
                         "<string>DejaVu Sans</string></edit></match>"
                         f"<cachedir>{self._home}/fonts</cachedir></fontconfig>")
        environment["FONTCONFIG_FILE"] = str(fonts)
        port = free_port()
        self._driver = subprocess.Popen([program(self._root, "usr/bin/chromedriver"), f"--port={port}"],
                                        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._base = f"http://127.0.0.1:{port}"
        self._wait()
        arguments = ["--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                     "--disable-background-networking", f"--user-data-dir={self._home}/profile",
                     "--window-size=1100,900", "--force-color-profile=srgb"]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")  # root cannot have Chromium's own
        options = {"binary": str(program(self._root, "usr/lib/chromium/chromium")), "args": arguments}
        made = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}}})
        self._base += "/session/" + made["sessionId"]
        return self

    def __exit__(self, *_):
        try:
            self._ask("DELETE", "")
        except Failed:
            pass
        self._driver.terminate()
        self._driver.wait()
        shutil.rmtree(self._home, ignore_errors=True)

    def _wait(self):
        end = time.monotonic() + 30
        while True:
            try:
                return self._ask("GET", "/status")
            except (Failed, OSError):
                if time.monotonic() > end or self._driver.poll() is not None:
                    raise Failed("chromedriver does not start") from None
                time.sleep(0.1)

    def _ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise Failed(json.load(error)["value"]["message"]) from None
        except urllib.error.URLError as error:
            raise Failed(str(error)) from None

    def _elements(self, selector):
        found = self._ask("POST", "/elements", {"using": "css selector", "value": selector})
        return [one[ELEMENT] for one in found]

    def _element(self, selector):
        found = self._elements(selector)
        if not found:
            raise Failed(f"the page has no {selector}")
        return found[0]

    def open(self, url):
        self._ask("POST", "/url", {"url": url})

    def size(self, width, height):
        self._ask("POST", "/window/rect", {"width": width, "height": height})

    def phone(self, width, height):
        """Looks as a phone does: a window cannot be that narrow. Size 0: as a window again."""
        self._ask("POST", "/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride", "params": {
            "width": width, "height": height, "deviceScaleFactor": 0, "mobile": bool(width)}})

    def title(self):
        return self._ask("GET", "/title")

    def text(self, selector):
        return self._ask("GET", f"/element/{self._element(selector)}/text")

    def texts(self, selector):
        return [self._ask("GET", f"/element/{one}/text") for one in self._elements(selector)]

    def count(self, selector):
        return len(self._elements(selector))

    def type(self, selector, text):
        self._ask("POST", f"/element/{self._element(selector)}/value", {"text": text})

    def click(self, selector):
        """Clicks what leads to another page, and waits until that is there."""
        self._follow(self._element(selector))

    def click_link(self, text):
        found = self._ask("POST", "/elements", {"using": "link text", "value": text})
        if not found:
            raise Failed(f"the page has no link {text!r}")
        self._follow(found[0][ELEMENT])

    def _follow(self, element):
        before = self._element("html")
        self._ask("POST", f"/element/{element}/click", {})
        until(lambda: self._is_another_page(before), "another page after the click", 20)

    def _is_another_page(self, before):
        try:
            return self._element("html") != before and self.script("return document.readyState") == "complete"
        except Failed:  # in between there is no page
            return False

    def script(self, source):
        return self._ask("POST", "/execute/sync", {"script": source, "args": []})

    def log(self):
        """What the console has said since the last look."""
        return [entry["message"] for entry in self._ask("POST", "/se/log", {"type": "browser"})]

    def screenshot(self):
        return base64.b64decode(self._ask("GET", "/screenshot"))
