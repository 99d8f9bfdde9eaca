"""Python in the browser: nothing before the click, then a notebook; with a Pyodide from here, a kernel."""

import hashlib
import json
from urllib.parse import urlsplit

import nbformat
import pytest

from authoring import book, lite
from authoring.npm import ensure
from cnnlab.browser import NEEDS_TORCH
from tests.site import own_pyodide
from tests.site.lab import PATIENCE
from tests.site.serving import served
from tests.site.visits import NEVER_SENT

pytestmark = pytest.mark.slow

LESSON = "book/layers/pooling"
ASKS = """
try:
    count.layer_table(None, (1,))
except ModuleNotFoundError as error:
    print(error)
"""
# The lesson's own first cell; then, without NumPy, which no kernel can get here, what needs none.
CELLS = {
    "1 + 1": "2",
    lite.SETUP: "",
    "from cnnlab import count\ncount.conv2d_params(1, 64, 3)": "640",
    "%%needs_torch\nimport torch": NEEDS_TORCH,
    ASKS: NEEDS_TORCH,
    "import tqdm\nsum(tqdm.tqdm(range(40), disable=True))": "780",
}
WIDGET = """
import anywidget, traitlets

class Seven(anywidget.AnyWidget):
    _esm = "export default {render: ({model, el}) => { el.textContent = 'it is ' + model.get('value') }}"
    value = traitlets.Int(7).tag(sync=True)

Seven()
"""


def hosts(addresses):
    return {urlsplit(url).netloc for url in addresses if urlsplit(url).scheme not in NEVER_SENT}


def test_every_wheel_and_notebook_is_served_as_the_index_says(site):
    root = site / lite.FOLDER
    settings = json.loads((root / "jupyter-lite.json").read_text())["jupyter-config-data"]
    kernel = settings["litePluginSettings"][lite.KERNEL]
    assert kernel["disablePyPIFallback"] is True
    names = set()
    for url in kernel["pipliteUrls"]:
        index = root / urlsplit(url).path
        for name, package in json.loads(index.read_text()).items():
            names.add(name)
            for (file,) in package["releases"].values():
                wheel = (index.parent / file["url"]).read_bytes()
                assert hashlib.sha256(wheel).hexdigest() == file["digests"]["sha256"]
    assert names >= {"cnnlab", "piplite", "pyodide-kernel", *lite.WHEELS}
    listed = json.loads((root / "api/contents/all.json").read_text())["content"]
    assert {file["path"] for file in listed} == {book.notebook(page).name for page in lite.lessons()}
    for page in lite.lessons():
        served_one = nbformat.read(root / "files" / book.notebook(page).name, as_version=4)
        assert served_one == lite.convert(page)


def test_it_adds_what_it_needs_and_no_more(site):
    root = site / lite.FOLDER
    files = [path for path in root.rglob("*") if path.is_file()]
    assert not [path for path in files if path.suffix == ".map"]
    assert sum(path.stat().st_size for path in files) < 32e6
    assert len(list(root.glob("extensions/**/package.json"))) == len(lite.EXTENSIONS)


def test_the_tests_have_the_pyodide_that_the_kernel_asks_for():
    from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL, PYODIDE_VERSION

    assert json.loads((ensure() / "pyodide" / "package.json").read_text())["version"] == PYODIDE_VERSION
    assert urlsplit(PYODIDE_CDN_URL).netloc == lite.CDN


def test_a_lesson_opens_after_two_clicks_and_nothing_is_loaded_before(browser, at_root):
    context = browser.new_context()
    asked = []
    # From now on no other host answers.
    context.route(lambda url: not url.startswith(at_root), lambda route: route.abort())
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.goto(f"{at_root}{LESSON}.html")
    page.get_by_role("link", name="Run in the browser").click()
    page.wait_for_url("**/book/reference/browser.html#of-pooling")
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if f"/{lite.FOLDER}/" in url or not url.startswith(at_root)]

    section = page.locator("#of-pooling")
    assert lite.CDN in section.inner_text()
    way_in = section.get_by_role("link", name="Open Pooling in the browser").get_attribute("href")
    assert way_in == lite.address(LESSON)
    page.goto(at_root + way_in.removeprefix(book.config()["html"]["baseurl"]))
    page.get_by_role("heading", name="Pooling", exact=True).wait_for(timeout=PATIENCE * 1000)
    assert "pip install -q cnnlab" in page.locator(".jp-CodeCell").first.inner_text()
    page.locator(".jp-Notebook-ExecutionIndicator").wait_for()
    page.wait_for_timeout(2000)  # the kernel asks for Python
    assert hosts(asked) == {urlsplit(at_root).netloc, lite.CDN}
    context.close()


@pytest.fixture(scope="module")
def with_python(tmp_path_factory):
    """JupyterLite with a Pyodide of its own and a notebook of ours, below a folder as on GitHub's pages."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "html").mkdir()
    (folder / "pyodide").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYODIDE", str(own_pyodide.assemble(folder / "pyodide")))
        lite.write(folder / "html")
    root = folder / "html" / lite.FOLDER
    notebook = lite.convert(LESSON)
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in [*CELLS, WIDGET]]
    nbformat.write(notebook, root / "files" / "ours.ipynb")
    index = root / "api" / "contents" / "all.json"
    listed = json.loads(index.read_text())
    listed["content"].append(listed["content"][0] | {"name": "ours.ipynb", "path": "ours.ipynb"})
    index.write_text(json.dumps(listed))
    with served(folder / "html", prefix="/course/") as address:
        yield address


def test_a_kernel_starts_in_the_browser_and_runs_the_package_and_a_widget(browser, with_python):
    context = browser.new_context()
    asked = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.goto(f"{with_python}{lite.FOLDER}/notebooks/index.html?path=ours.ipynb")
    idle = page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
    idle.wait_for(timeout=PATIENCE * 1000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    error = page.locator('[data-mime-type$=".error"], [data-mime-type$=".stderr"]')
    error.or_(page.get_by_text("it is 7", exact=True)).first.wait_for(timeout=PATIENCE * 1000)
    assert error.all_inner_texts() == []
    cells = page.locator(".jp-CodeCell").all()
    said = [" ".join(cell.locator(".jp-OutputArea-output").all_inner_texts()).strip() for cell in cells]
    assert said[: len(CELLS)] == list(CELLS.values())
    assert hosts(asked) == {urlsplit(with_python).netloc}
    context.close()
