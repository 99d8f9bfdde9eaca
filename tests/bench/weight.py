"""What a page weighs and when it is first painted, ours and as plain Jupyter Book makes it."""

import gzip
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import yaml
from playwright.sync_api import Browser

from authoring import book
from tests.site.serving import served
from tests.site.visits import visit

NOISE = 0.05  # of a first paint
PAINTS = 15  # times that each page is opened afresh; ours and the plain one take turns
PLAIN = {
    "title": "Plain",
    "author": "Nobody",
    "only_build_toc_files": True,
    "bibtex_bibfiles": ["book/reference/references.bib"],
    "parse": book.config()["parse"],  # without these the lessons cannot be read
    "sphinx": {"extra_extensions": ["sphinx_exercise"]},
}


class Weight(NamedTuple):
    """What was loaded from the page's own origin, and how often others were asked."""

    raw: int
    gzipped: int
    requests: int
    elsewhere: int


def table(running: Browser, site: Path, goal: float) -> None:
    """Print a row for each page."""
    print("Pages: kB, requests (own + elsewhere), first paint in ms; ours / plain Jupyter Book's\n")
    heads = (f"{'raw':>15}", f"{'gzipped':>15}", f"{'requests':>17}", f"{'first paint':>14}")
    print(f"{'':24}{''.join(heads)}   goal: {goal / 1e6} MB gzipped, paint not slower")
    with tempfile.TemporaryDirectory() as folder:
        plain = build_plain(Path(folder))
        with served(site) as ours, served(plain) as theirs:
            for name in book.pages():
                addresses = [f"{at}{name}.html" for at in (ours, theirs)]
                weights = [weigh(running, address) for address in addresses]
                print(row(name, weights, paints(running, addresses), goal), flush=True)
    print(
        f"\n  First paint: first-contentful-paint, median of {PAINTS}, nothing cached, on one machine; up\n"
        f"  to {NOISE:.0%} slower counts as noise. No network here: what plain pages ask of others, such as\n"
        "  MathJax, fails at once, and only the count shows it; elsewhere it adds to their weight and time."
    )


def row(name: str, weights: list[Weight], first: list[float], goal: float) -> str:
    """Write a line of the table."""
    own, plain = weights
    cells = (
        f"{own.raw / 1000:,.0f} / {plain.raw / 1000:,.0f}",
        f"{own.gzipped / 1000:,.0f} / {plain.gzipped / 1000:,.0f}",
        " / ".join(f"{weight.requests} + {weight.elsewhere}" for weight in weights),
        " / ".join(f"{milliseconds:.0f}" for milliseconds in first),
    )
    told = "".join(f"{cell:>{width}}" for cell, width in zip(cells, (15, 15, 17, 14), strict=True))
    missed = {"weight": own.gzipped > goal, "paint": first[0] > (1 + NOISE) * first[1]}
    verdict = ", ".join(what for what, is_missed in missed.items() if is_missed)
    return f"  {name.removeprefix('book/'):22}{told}   {f'MISSED: {verdict}' if verdict else 'reached'}"


def weigh(running: Browser, address: str) -> Weight:
    """Open a page and weigh everything that comes with it, down to the fonts of its formulas."""
    context = running.new_context(bypass_csp=True)
    answers, asked = {}, []
    context.on("response", lambda answer: answers.setdefault(answer.url, answer))
    context.on("request", lambda request: asked.append(request.url))
    visit(context, address)
    origin = address[: address.index("/", len("http://")) + 1]
    bodies = [answer.body() for url, answer in answers.items() if url.startswith(origin)]
    elsewhere = [url for url in asked if url.startswith("http") and not url.startswith(origin)]
    context.close()
    gzipped = sum(len(gzip.compress(body, 6)) for body in bodies)
    return Weight(sum(map(len, bodies)), gzipped, len(bodies), len(elsewhere))


def paints(running: Browser, addresses: list[str]) -> list[float]:
    """Time the first paint of pages that take turns: whatever disturbs, disturbs all."""
    times = {address: [] for address in addresses}
    for _ in range(PAINTS):
        for address in addresses:
            page = running.new_page()
            page.goto(address)
            times[address].append(page.evaluate(FIRST_PAINT))
            page.close()
    return [statistics.median(times[address]) for address in addresses]


FIRST_PAINT = """() => new Promise((resolve) => new PerformanceObserver((list) => {
    const found = list.getEntriesByName("first-contentful-paint")[0];
    if (found) resolve(found.startTime);
}).observe({ type: "paint", buffered: true }))"""


def build_plain(folder: Path) -> Path:
    """Build the book with Jupyter Book's own settings, from the results that are kept from our build."""
    for name in ("_toc.yml", "pyproject.toml", "requirements.txt"):
        shutil.copy2(book.ROOT / name, folder)
    shutil.copytree(book.ROOT / "book", folder / "book")
    (kept,) = (book.ROOT / "_build" / ".jupyter_cache").iterdir()
    shutil.copytree(kept, folder / "kept")
    config = PLAIN | {"execute": {"execute_notebooks": "cache", "cache": str(folder / "kept")}}
    (folder / "_config.yml").write_text(yaml.safe_dump(config))
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", str(folder), "-q"]
    said = subprocess.run(command, check=False, capture_output=True, text=True)
    if not (site := folder / "_build" / "html").joinpath("index.html").exists():
        raise RuntimeError(said.stdout + said.stderr)
    return site
