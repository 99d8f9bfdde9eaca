"""The zip of everything, unpacked as on a USB stick: no server, no network, and still the whole course."""

import os
import shutil
import subprocess
import sys
from urllib.parse import unquote, urlsplit
from zipfile import ZipFile

import nbformat
import pytest

from authoring import book, bundle, lite, references
from tests.site.visits import READY, watch

LESSON = "book/layers/pooling"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def stick(site, tmp_path_factory):
    """The folder in the zip that lies in the built site, at a place with a space and brackets in its name."""
    if not (site / book.bundle_name()).exists():
        pytest.fail(f"there is no {book.bundle_name()} in the site: run `make bundle` first", pytrace=False)
    target = tmp_path_factory.mktemp("offline") / "USB STICK (E)"
    with ZipFile(site / book.bundle_name()) as packed:
        packed.extractall(target)
    (top,) = target.iterdir()
    return top


@pytest.fixture
def open_file(browser):
    """Open a file in a browser that has no network, and collect what goes wrong."""
    contexts = []

    def open_(path):
        contexts.append(browser.new_context(offline=True))
        page = contexts[-1].new_page()
        watch(page, path.as_uri())
        page.goto(path.as_uri())
        page.wait_for_load_state("networkidle")
        page.evaluate(READY)
        return page

    yield open_
    for context in contexts:
        context.close()


def place(page):
    """The file that the browser shows."""
    return unquote(urlsplit(page.url).path)


def test_it_holds_the_site_the_notebooks_the_package_and_a_read_me(stick, site):
    assert {path.name for path in stick.iterdir()} == {
        "READ ME.txt", "LICENSE", "site", "notebooks", "assignments", "package",
    }  # fmt: skip
    said = (stick / "READ ME.txt").read_text(encoding="utf8")
    named = {"site/index.html", "site/book/teaching/syllabus.html", "package/" + wheel(stick).name}
    for name in named:
        assert name in said
        assert (stick / name).exists()
    assert book.page_url("book/index") in said
    assert {path.stem for path in stick.glob("notebooks/*")} == {
        book.notebook(page).stem for page in book.lessons()
    }
    assert not list(stick.rglob("*.zip"))
    assert not (stick / "site" / lite.FOLDER).exists()  # Python does not start from a disk
    for page in (page for page in site.rglob("*.html") if lite.FOLDER not in page.relative_to(site).parts):
        assert (stick / "site" / page.relative_to(site)).read_bytes() == page.read_bytes()


def wheel(stick):
    (found,) = stick.glob("package/*.whl")
    return found


def test_the_front_door_opens_and_a_lesson_is_two_clicks_away(stick, open_file):
    page = open_file(stick / "site" / "index.html")
    page.wait_for_url("**/book/index.html")
    title = references.page(LESSON).title
    page.locator(".course-map").get_by_role("link", name=title, exact=True).click()
    page.wait_for_url(f"**/{LESSON}.html")
    page.wait_for_load_state("networkidle")
    assert page.problems == []


def test_widgets_work(stick, open_file):
    page = open_file(stick / "site" / f"{LESSON}.html")
    assert page.get_attribute("html", "data-widgets") == "ready"
    widget = page.locator(".cnn-explore").first
    frames = set()
    for key in ("Home", "ArrowRight", "End"):
        widget.get_by_role("slider").first.press(key)
        frames.add(widget.locator(".cnn-stage").inner_html())
    assert len(frames) > 1
    assert page.locator(".math:not(:has(mjx-container))").count() == 0
    assert page.problems == []


def test_search_finds_a_lesson_and_leads_there(stick, open_file):
    page = open_file(stick / "site" / "book" / "index.html")
    page.keyboard.press("Control+k")
    page.get_by_role("searchbox").locator("visible=true").fill("max pooling")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?*")
    results = page.locator("#search-results li a")
    results.first.wait_for()
    page.locator(".search-summary", has_text="found").wait_for()
    addresses = [address.partition("#")[0] for address in results.evaluate_all("all => all.map(a => a.href)")]
    lesson = (stick / "site" / f"{LESSON}.html").as_uri()
    assert lesson in addresses
    results.nth(addresses.index(lesson)).click()
    page.wait_for_url(f"**/{LESSON}.html*")
    assert place(page) == str(stick / "site" / f"{LESSON}.html")
    assert page.problems == []


def test_the_package_installs_without_a_network_and_runs_a_notebook(stick, tmp_path):
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", tmp_path]
    subprocess.run([*pip, wheel(stick)], check=True)
    cells = nbformat.read(stick / "notebooks" / "pooling.ipynb", as_version=4).cells
    first, second = [cell.source for cell in cells if cell.cell_type == "code"][:2]
    # The first cell would ask the network only where the package is missing.
    found = first.partition("except")[0] + "finally: print(cnnlab.__file__)"
    run = subprocess.run(
        [sys.executable, "-c", f"{found}\n{second}"],
        cwd=stick, env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stdout.strip().startswith(str(tmp_path))


def test_the_same_site_gives_the_same_zip(site, tmp_path):
    for name in ("_config.yml", "pyproject.toml", "README.md", "LICENSE", "lessons_src", "book"):
        (tmp_path / name).symlink_to(book.ROOT / name)
    copy = tmp_path / "_build" / "html"
    shutil.copytree(site, copy, copy_function=shutil.copyfile)  # its files are newer
    assert bundle.write(tmp_path).read_bytes() == (site / book.bundle_name()).read_bytes()


def test_without_a_site_there_is_nothing_to_pack(small_root, capsys):
    assert bundle.main(small_root) == 1
    assert "make site" in capsys.readouterr().err


@pytest.fixture
def small_root(tmp_path):
    (tmp_path / "_config.yml").symlink_to(book.ROOT / "_config.yml")
    return tmp_path
