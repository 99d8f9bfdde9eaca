"""A real browser, the built site as it is served, and pages with widgets made by hand."""

import json
import os
import pathlib
import shutil

import pytest

import cnnlab.widgets
from authoring import book
from authoring import browser as chromium
from tests import made_atlas
from tests.site.serving import CSP, served
from tests.site.visits import visit, watch

STATIC_JS = pathlib.Path(cnnlab.widgets.__file__).with_name("static.js")


@pytest.fixture(scope="session")
def browser_type_launch_args(playwright, browser_type_launch_args):
    """Start the browser that this machine has; pytest-playwright would only look for its own."""
    program = chromium.find(playwright)
    if program is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(chromium.ADVICE)
    return browser_type_launch_args | {"executable_path": program, "args": chromium.OPTIONS}


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """A copy of the built site: another build must not take pages away in the middle of a test."""
    built = book.ROOT / "_build" / "html"
    if not (built / "index.html").exists():
        pytest.fail(f"there is no site in {built}: run `make site` first", pytrace=False)
    return shutil.copytree(built, tmp_path_factory.mktemp("site") / "html")


@pytest.fixture(scope="session")
def at_root(site):
    with served(site) as address:
        yield address


@pytest.fixture(scope="session")
def under_policy(site):
    """Below a folder, as on GitHub's pages, and with the strictest policy that the site is made for."""
    with served(site, prefix="/course/", policy=CSP) as address:
        yield address


@pytest.fixture(scope="module")
def new_visit(browser, site, at_root):
    """Open a page of the site by its name; `edit` changes its HTML on the way.

    Policies are in force where asked for. Pages opened in the same way are one reader's, whose browser has
    kept scripts and styles from the page before.
    """
    contexts = {}

    def visit_(name, address=at_root, edit=None, **options):
        options = {"bypass_csp": True} | options
        if (key := repr(options)) not in contexts:
            contexts[key] = browser.new_context(**options)
        return visit(contexts[key], f"{address}{name}.html", edit=edit, source=site / f"{name}.html")

    yield visit_
    for context in contexts.values():
        context.close()


@pytest.fixture(scope="session")
def atlas_table(tmp_path_factory):
    """A made-up atlas, with gaps."""
    return made_atlas.load(tmp_path_factory.mktemp("atlas"))


@pytest.fixture
def write_page(tmp_path):
    """Write a page as myst-nb does; its file is what comes back."""

    def write(*widgets, views=None):
        states = {
            w.model_id: {"model_name": "AnyModel", "model_module": "anywidget", "state": w.get_state()}
            for w in widgets
        }
        file = tmp_path / "page.html"
        file.write_text(_html(views or widgets, states), encoding="utf-8")
        return file

    return write


@pytest.fixture
def open_page(browser, write_page):
    """Open a page with these widgets, by default as a file, and collect what goes wrong in it."""
    contexts = []

    def open_(*widgets, views=None, query="", at=None, **options):
        file = write_page(*widgets, views=views)
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        watch(page, at or file.as_uri())
        if at:
            page.route("**/*", lambda route: route.fulfill(path=file))
        page.goto((at or file.as_uri()) + query)
        page.wait_for_selector("html[data-widgets]", state="attached")
        return page

    yield open_
    for context in contexts:
        context.close()


def _html(widgets, states):
    def as_json(value):
        return json.dumps(value).replace("</", "<\\/")

    head = (
        '<meta charset="utf-8"><title>Page</title><link rel="icon" href="data:,">'
        f'<meta http-equiv="Content-Security-Policy" content="{CSP}">'
        '<meta name="viewport" content="width=device-width">'
        "<style>[data-theme=dark] body { background: #121212; color: #ddd }</style>"
    )
    body = "<h1>Page</h1>" + "".join(
        f'<div class="output">{widget.fallback_html() if hasattr(widget, "fallback_html") else ""}'
        f'<script type="application/vnd.jupyter.widget-view+json">'
        f"{as_json({'model_id': widget.model_id})}</script></div>"
        "<p class='after'>Text after it.</p>"
        for widget in widgets
    )
    state = f'<script type="application/vnd.jupyter.widget-state+json">{as_json({"state": states})}</script>'
    script = STATIC_JS.read_text(encoding="utf-8")
    return (
        f'<!doctype html><html lang="en"><head>{head}</head>'
        f"<body><main>{body}</main>{state}<script>{script}</script></body></html>"
    )
