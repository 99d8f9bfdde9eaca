"""The Sphinx extension of the course: what Jupyter Book does not do by itself.

It makes a plain ``jupyter-book build .`` give the whole site: browser parts from npm instead of a
CDN, fresh results when the package changes, several pages at once, quizzes, the lesson's buttons,
and a picture where a widget would be for readers without JavaScript.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from html import escape
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst.states import Inliner
from jupyter_cache import get_cache
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from authoring import (
    assignment_list,
    book,
    cards,
    check_site,
    inventory,
    licences,
    lite,
    notebooks,
    npm,
    quiz,
    rubrics,
)
from cnnlab.widgets import fallback_html

THEME = Path(__file__).parent / "theme"
TEMPLATES = Path(__file__).parent / "templates"
IN_BROWSER = "book/reference/browser"  # says what is loaded, before anything is
SEARCH = "search"  # the page that Sphinx makes
VERSIONS = "book/reference/versions"  # the page of what has changed
WIDGET_VIEW = re.compile(
    r'<script type="application/vnd\.jupyter\.widget-view\+json">(?P<view>.*?)</script>', re.DOTALL
)


def set_up(app: Sphinx, config: Config) -> None:
    """Point Sphinx at our theme files and at results that belong to this version of the package."""
    config.html_static_path.append(str(THEME))
    config.html_css_files.extend(["look.css", "course.css"])
    config.html_js_files.append(("terms.js", {"defer": "defer"}))
    config.templates_path.append(str(TEMPLATES))
    results = Path(app.outdir).parent / ".jupyter_cache"
    current = results / _package_digest(Path(app.srcdir))
    for outdated in set(results.glob("*")) - {current}:
        shutil.rmtree(outdated, ignore_errors=True)
    config.nb_execution_cache_path = str(current)
    # Made here, or else the pages that are read at the same time all try to make it.
    _ = get_cache(current).db
    # One thread for each kernel: two that start two threads each are slower than one.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ["IPYTHONDIR"] = str(_plain_ipython(Path(app.outdir).parent / ".ipython"))
    os.environ["TQDM_DISABLE"] = "1"  # a page shows results, not progress
    os.environ["CNNLAB_STATIC"] = "1"  # and no live panel: there is no kernel afterwards


def _package(root: Path) -> Path:
    return root / "lessons_src" / "cnnlab"


def _plain_ipython(folder: Path) -> Path:
    """Give the cells' kernels settings of their own: no start-up files of the builder, no warnings."""
    profile = folder / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    # They listen on this machine alone: a warning about an open network would only frighten.
    settings = "c = get_config()\nc.IPKernelApp.log_level = 40\n"
    (profile / "ipython_kernel_config.py").write_text(settings, encoding="utf8")
    return folder


def _package_digest(root: Path) -> str:
    """Name a version of the package: jupyter-cache looks at a lesson's cells alone."""
    digest = hashlib.sha256((root / "requirements.txt").read_bytes())
    for path in sorted(p for p in _package(root).rglob("*") if p.is_file() and p.suffix != ".pyc"):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def copy_browser_parts(app: Sphinx) -> None:
    """Put MathJax, the letters and the widgets' starter where the pages expect them."""
    if app.builder.format != "html":
        return
    root = Path(app.srcdir)
    try:
        modules = npm.ensure(root)
    except npm.BrowserPartsError as error:
        raise ExtensionError(str(error)) from error
    mathjax, target = modules / "mathjax", Path(app.outdir) / "mathjax"
    formulas = "output/chtml/fonts/woff-v2"
    shutil.copytree(mathjax / "es5" / formulas, target / formulas, dirs_exist_ok=True)
    shutil.copy2(mathjax / "es5" / "tex-chtml.js", target)
    shutil.copy2(mathjax / "LICENSE", target)
    fonts = Path(app.outdir) / "_static" / "fonts"
    fonts.mkdir(parents=True, exist_ok=True)
    for part in ("LICENSE", *(cards.LETTERS.format(style=style) for style in ("normal", "italic"))):
        shutil.copy2(modules / cards.FONTS / part, fonts)
    widgets = Path(app.outdir) / "_static" / "widgets"
    widgets.mkdir(parents=True, exist_ok=True)
    shutil.copy2(_package(root) / "widgets" / "static.js", widgets)


def write_entrance(app: Sphinx) -> None:
    """Lead from the root to the first page; Sphinx's bare redirect has no title, and asks for an icon."""
    if app.builder.format != "html":
        return
    first, title = f"{app.config.master_doc}.html", escape(str(app.config.html_title))
    Path(app.outdir, "index.html").write_text(
        f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<script>{check_site.SET_POLICY}</script>
<meta http-equiv="refresh" content="0; url={first}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
</head>
<body><main><h1>{title}</h1><p><a href="{first}">To the first page</a></p></main></body>
</html>
""",
        encoding="utf8",
    )


def read_in_parallel(app: Sphinx, _env: BuildEnvironment, _docnames: list[str]) -> None:
    """Execute several pages at once; the extensions of Jupyter Book allow it without saying so."""
    for extension in app.extensions.values():
        extension.parallel_read_safe = True
    app.parallel = os.cpu_count() or 1


class QuizDirective(SphinxDirective):
    """``{quiz} name`` shows ``book/quizzes/name.yml``."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Read the quiz and make it HTML."""
        name = self.arguments[0]
        path = Path(self.env.srcdir) / "book" / "quizzes" / f"{name}.yml"
        self.env.note_dependency(str(path))
        try:
            html = quiz.html(quiz.load(path), name, "site")
        except (OSError, quiz.QuizError) as error:
            raise self.error(f"The quiz {name} cannot be shown: {error}") from error
        return [nodes.raw("", html, format="html")]


def run_time_role(
    _name: str, _raw: str, text: str, _line: int, _inliner: Inliner,
    _options: dict[str, Any] | None = None, _content: list[str] | None = None,
) -> tuple[list[nodes.Node], list[nodes.system_message]]:  # fmt: skip
    """``{run-time}`a minute``` shows how long the cells ran, and its text where nothing was measured."""
    return [nodes.inline(text, text, classes=["run-time"])], []


def finish(app: Sphinx, exception: Exception | None) -> None:
    """Fail the build when a cell has failed, and lay the notebooks of this very text beside the pages."""
    if exception or app.builder.format != "html":
        return
    pages = NbMetadataCollector.get_doc_data(app.env).items()
    failed = [name for name, data in pages if (data.get("exec_data") or {}).get("traceback")]
    if failed:
        raise ExtensionError(f"cells failed in {', '.join(sorted(failed))}; their messages stand above")
    root = Path(app.srcdir)
    folder = Path(app.outdir, "notebooks")
    folder.mkdir(exist_ok=True)
    for page in book.lessons(root):
        text = notebooks.convert(page, root)
        Path(folder, book.notebook(page, root).name).write_text(text, encoding="utf8", newline="\n")
    assignment_list.lay_beside(Path(app.outdir), root)
    try:
        lite.write(Path(app.outdir), root)
    except (RuntimeError, ValueError, PackageNotFoundError) as error:
        raise ExtensionError(f"no Python in the browser: {error}") from error
    licences.write(Path(app.outdir), root)


def fill_run_time(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Replace each run-time by what was measured when the page's cells ran."""
    for node in doctree.findall(nodes.inline):
        if "run-time" in node["classes"]:
            # The course's map shows those of other pages.
            data = NbMetadataCollector.get_exec_data(app.env, node.get("page", docname))
            if data and data["runtime"]:
                node.children = [nodes.Text(f"{max(1, round(data['runtime']))} s")]


def complete_page(
    app: Sphinx, pagename: str, _template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Add what needs the whole page: its policy, the lesson's buttons, and pictures where widgets will be."""
    policy = f"<script>{check_site.SET_POLICY}</script>"
    context["metatags"] = context.get("metatags", "") + policy
    if VERSIONS in app.env.found_docs:
        context["theme_extra_footer"] = _version(context, Path(app.srcdir)) + context["theme_extra_footer"]
    if pagename == SEARCH:
        app.add_js_file("search_from_disk.js", defer="defer")  # to this page alone
    if doctree is None:
        return
    # sphinx-exercise gives these to every box of a page, and an id stands once.
    context["body"] = re.sub(r' id="(?:exercise|solution)-content"', "", context["body"])
    if pagename in book.lessons(Path(app.srcdir)):
        head, title_end, rest = context["body"].partition("</h1>")
        if pagename == app.config.master_doc:  # there a slider comes first
            opening, section, rest = rest.partition("<section")
            title_end, rest = title_end + opening, section + rest
        context["body"] = f"{head}{title_end}\n{_buttons(pagename, Path(app.srcdir), context)}{rest}"
    body = _for_screen_readers(context["body"])
    context["body"] = with_pictures(body, widget_states(app.env, pagename))


def _version(context: dict[str, Any], root: Path) -> str:
    """Say in the footer which version this is, and link to what has changed and to what others have made."""
    parts = f'<a href="{context["pathto"](licences.NAME, 1)}">Parts by others</a>'
    return f'<a href="{context["pathto"](VERSIONS)}">Version {escape(book.version(root))}</a>. {parts}. '


def _buttons(page: str, root: Path, context: dict[str, Any]) -> str:
    notebook = book.notebook(page, root)
    buttons = [
        (book.colab_url(notebook, root), "Open in Colab", ""),
        (book.binder_url(notebook, root), "Open in Binder", ""),
        *_in_browser(page, root, context),
        (
            context["pathto"](f"notebooks/{notebook.name}", 1),
            "Download the notebook",
            f' download="{notebook.name}"',
        ),
        (book.bundle_url(root), "Download everything", ""),
        (book.source_url(book.source(page, root), root), "View the source", ""),
    ]
    links = (f'<a href="{escape(url)}"{extra}>{text}</a>' for url, text, extra in buttons)
    return f'<nav class="lesson-links" aria-label="Ways to run this lesson">{"".join(links)}</nav>'


def _in_browser(page: str, root: Path, context: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Lead to what a reader should know before Python is loaded; the way in stands there."""
    if page in lite.lessons(root):
        yield f"{context['pathto'](IN_BROWSER)}#of-{Path(page).name}", "Run in the browser", ""


def _for_screen_readers(body: str) -> str:
    """Mend what docutils writes: a role that ARIA has given up, and headings of a table that say nothing."""
    body = body.replace('role="doc-biblioentry"', 'role="listitem"')
    return re.sub(r'<th class="head">(<p></p>)?</th>', "<td></td>", body)


def widget_states(env: BuildEnvironment, page: str) -> dict[str, Any]:
    """Return the states of a page's widgets by their ids."""
    entry = NbMetadataCollector.get_js_files(env, page).get("ipywidgets_state")
    return dict(json.loads(entry[1]["body"])["state"]) if entry else {}


def with_pictures(body: str, states: dict[str, Any]) -> str:
    """Show a widget's first frame until its script runs, in print, and without JavaScript."""

    def with_picture(found: re.Match[str]) -> str:
        state = states[json.loads(found["view"])["model_id"]]["state"]
        return fallback_html(state) + found[0]

    return WIDGET_VIEW.sub(with_picture, body)


def leave_out(
    _app: Sphinx, _what: str, name: str, member: object, _skip: bool, _options: object
) -> bool | None:
    """Leave out of the package's page what users never call: a field's getter, a widget's picture."""
    foreign = name == "set"  # matplotlib writes one for each class of figures, in its own markup
    return True if type(member).__name__ == "_tuplegetter" or name == "still" or foreign else None


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect everything."""
    app.setup_extension("authoring.gathered")
    app.setup_extension("authoring.index")
    app.setup_extension("authoring.meta")
    app.setup_extension("authoring.terms")
    app.setup_extension("authoring.figures")
    app.connect("config-inited", set_up, priority=100)
    app.setup_extension("sphinx.ext.autodoc")  # whose event it is
    app.connect("autodoc-skip-member", leave_out)
    app.connect("builder-inited", copy_browser_parts)
    app.connect("builder-inited", write_entrance)
    app.connect("env-before-read-docs", read_in_parallel)
    app.connect("doctree-resolved", fill_run_time)
    app.connect("build-finished", finish)
    app.connect("html-page-context", complete_page, priority=600)
    app.add_directive("quiz", QuizDirective)
    app.add_directive("assignments", assignment_list.AssignmentsDirective)
    app.add_directive("inventory", inventory.InventoryDirective)
    app.add_directive("inventory-key", inventory.InventoryKeyDirective)
    app.add_directive("rubrics", rubrics.RubricsDirective)
    app.add_role("run-time", run_time_role)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
