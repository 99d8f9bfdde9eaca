"""Planted faults: each is put into a copy of the book, and the check that FAULTS names has to catch it.

The copy is real (its own settings, package, tools and browser parts) and small: one tiny lesson and a
page for each fault. What has to be caught by one check and does not hide the others is planted together.
"""

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from authoring import book, check_lesson
from authoring.lesson import read
from tests.small import HEADER

pytestmark = pytest.mark.slow

SOUND = """\
(sound)=
# A sound lesson

It follows {cite:t}`lecun1998` in {run-time}`no time`: 28 × 28 pixels. See [the start](../index.md).

```{code-cell} python
import os
from pathlib import Path

from cnnlab import data, plots
from cnnlab.widgets import explore

bird = data.animals().test_images[9, 0]
assert bird.shape == (28, 28)
with Path(os.environ["RUNS"]).open("a") as runs:
    runs.write("once ")
plots.images([bird], titles=["bird"], alt="A bird.")
```

```{code-cell} python
def row(top):
    return plots.images([bird[top:top + 14]], titles=["half"], alt="Half a bird.")

explore(row, top=[0, 7, 14])
```

```{quiz} sound
```
"""

QUIZ = """\
- question: Is it sound?
  answers:
    - {text: It is., correct: true, because: It builds.}
    - {text: It is not., misconception: doubt, because: It builds.}
"""


def cell(code, tags=""):
    return f"```{{code-cell}} python\n{tags}{code}\n```\n"


RAISES = cell("1 + 1") + "\n" + cell("raise ValueError('planted')")
WRONG = cell("pixels = 28 * 28\nassert pixels == 785")


class Fault(NamedTuple):
    """What is planted, and what the check has to say: page, and line or cell where it knows them."""

    text: str
    message: str


# The check that catches a fault -> the faults, each a page of that name.
FAULTS = {
    "building: running the cells (1)": {
        "cell-raises": Fault(RAISES, r"cell-raises\.md.*ValueError: planted"),
    },
    "building: running the cells (2)": {
        "wrong-number": Fault(WRONG, r"wrong-number\.md.*assert pixels == 785.*AssertionError"),
    },
    "building: warnings are errors": {
        "dead-link": Fault("[x](nowhere.md)", r"dead-link\.md:3: WARNING: .*nowhere\.md"),
        "dead-anchor": Fault("[x](#nowhere)", r"dead-anchor\.md:3: WARNING: .*nowhere"),
        "dead-label": Fault("{ref}`nowhere`", r"dead-label\.md:3: WARNING: undefined label: 'nowhere'"),
        "dead-citation": Fault("{cite:t}`nobody`", r"dead-citation\.md.* bibtex key \"nobody\""),
        "unknown-directive": Fault(":::{unheard}\n:::", r"unknown-directive\.md:3: WARNING: .*'unheard'"),
        "unknown-role": Fault("{unheard}`x`", r"unknown-role\.md:3: WARNING: .*\"unheard\""),
        "missing-quiz": Fault("```{quiz} none\n```", r"missing-quiz\.md:3: ERROR: The quiz none"),
        "missing-image": Fault("![A cat.](cat.png)", r"missing-image\.md:3: WARNING: .*cat\.png"),
        "warning": Fault(
            cell("import warnings\nwarnings.warn('planted')"),
            r"warning\.md:15: ERROR: stderr was found .* cell 2",
        ),
    },
    "building: authoring.check_site": {
        "silent-figure": Fault(
            cell("import matplotlib.pyplot as plt\nplt.plot([1, 2]);"),
            r"silent-figure\.html: an image without alt text: <img",
        ),
        "silent-image": Fault("![](../cat.png)", r"silent-image\.html: an image without alt text: <img"),
        "hidden-traceback": Fault(
            cell("1 + 1") + "\n" + cell("1 / 0", ":tags: [raises-exception]\n\n"),
            r"hidden-traceback\.html: an error or a warning in the output of cell 2: ZeroDivisionError",
        ),
        "cdn": Fault(
            '<script src="https://cdn.example/a.js"></script>',
            r"cdn\.html: loads from a third party: https://cdn\.example/a\.js",
        ),
        "raw-markup": Fault("\\:::{note} Text", r"raw-markup\.html: raw markup in the text: :::{note}"),
    },
    "pytest --nbval-lax": {
        "cell-raises": Fault(RAISES, r"cell-raises\.ipynb::Cell 2.*ValueError: planted"),
        "wrong-number": Fault(WRONG, r"wrong-number\.ipynb::Cell 1.*assert pixels == 785"),
        "drawing-fails-at-one-value": Fault(
            cell("from cnnlab.widgets import explore\n\nexplore(lambda n: f'{1 / (n - 7)}', n=range(9))"),
            r"drawing-fails-at-one-value\.ipynb::Cell 1.*\(n=7\) failed: ZeroDivisionError",
        ),
        "hanging-cell": Fault(
            cell("import time\ntime.sleep(600)"), r"hanging-cell\.ipynb::Cell 1.*Timeout of 10 seconds"
        ),
    },
    "authoring.check_lesson": {
        "long-cell": Fault(cell("1\n" * 15 + "1"), r"long-cell\.md:14: a cell of 16 lines; 15 are the limit"),
        "not-shown": Fault(
            cell("from cnnlab import plots\n\nplots.matrix([[1]], alt='One.')\nassert True"),
            r"not-shown\.md:16: a figure that is not shown",
        ),
        "unasserted": Fault(
            "Words.\n\nIt is 97.5 % of 1,234.",
            r"unasserted\.md:5: the prose quotes 97\.5 %.*unasserted\.md:5: the prose quotes 1,234",
        ),
    },
    "authoring.notebooks --check": {
        "stale": Fault(cell("old = 1"), r"stale: book/notebooks/stale\.ipynb\nRun `make notebooks`"),
    },
}  # fmt: skip


class Copy:
    """A copy of the book below `root`, with the pages it is given."""

    def __init__(self, root, pages):
        self.root, self.runs = root, root / "runs.txt"
        for name in (
            "_config.yml",
            "pyproject.toml",
            "requirements.txt",
            "package.json",
            "package-lock.json",
        ):
            shutil.copy2(book.ROOT / name, root)
        litter = shutil.ignore_patterns("__pycache__", "*.egg-info", "assignments")  # only lessons
        shutil.copytree(book.ROOT / "lessons_src", root / "lessons_src", ignore=litter)
        (root / "node_modules").symlink_to(book.ROOT / "node_modules")
        (root / "book" / "reference").mkdir(parents=True)
        shutil.copy2(book.ROOT / "book/reference/references.bib", root / "book/reference")
        self.write("reference/bibliography.md", "# Bibliography\n\n```{bibliography}\n```\n")
        self.write("quizzes/sound.yml", QUIZ)
        self.write("index.md", "# Welcome\n\nSee {ref}`sound`.\n")
        shutil.copy2(book.ROOT / "lessons_src/authoring/theme/favicon.svg", root / "book/cat.png")
        chapters = [f"book/layers/{name}" for name in pages] + ["book/reference/bibliography"]
        files = "".join(f"      - file: {chapter}\n" for chapter in chapters)
        toc = f"format: jb-book\nroot: book/index\nparts:\n  - caption: Layers\n    chapters:\n{files}"
        (root / "_toc.yml").write_text(toc)
        for name, text in pages.items():
            self.write(f"layers/{name}.md", (HEADER if "{code-cell}" in text else "") + text)
        self.run("-m", "authoring.notebooks", code=None)

    def add_pages(self, **pages):
        """Add pages behind the lessons."""
        toc = self.root / "_toc.yml"
        toc.write_text(toc.read_text() + "".join(f"      - file: book/reference/{name}\n" for name in pages))
        for name, text in pages.items():
            self.write(f"reference/{name}.md", text)

    def write(self, name, text):
        path = self.root / "book" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf8")

    def run(self, *arguments, code=0):
        """Run a Python program of the copy, which imports the copy's own packages."""
        env = os.environ | {
            "PYTHONPATH": str(self.root / "lessons_src"),
            "RUNS": str(self.runs),
            "COLUMNS": "300",
        }
        run = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
        said = re.sub(r"\x1b\[[\d;]*m", "", run.stdout)
        if code is not None:
            assert run.returncode == code, said
        return said

    def build(self, code=0):
        return self.run("-m", "authoring.build", code=code)

    def nbval(self, code=0, timeout=120):
        return self.run(
            "-m", "pytest", "--nbval-lax", f"--nbval-cell-timeout={timeout}", "book/notebooks", code=code
        )

    def html(self):
        """The site's pages, byte for byte."""
        site = self.root / "_build" / "html"
        return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*.html")}


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    copy = Copy(tmp_path_factory.mktemp("sound"), {"sound": SOUND})
    assert "The site is in _build/html." in copy.build()
    return copy


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """Plant all faults that one check has to catch, and return what it says."""

    @cache
    def say(check):
        pages = {name: f"# Planted\n\n{fault.text}\n" for name, fault in FAULTS[check].items()}
        copy = Copy(tmp_path_factory.mktemp("planted"), {"sound": SOUND, **pages})
        if check.startswith("building"):
            return copy.build(code=1)
        if check == "pytest --nbval-lax":
            return copy.nbval(code=1, timeout=10)
        if check == "authoring.check_lesson":
            return "\n".join(
                f for name in pages for f in check_lesson.faults(f"book/layers/{name}", copy.root)
            )
        copy.write("layers/stale.md", f"{HEADER}# Planted\n\n{cell('new = 1')}")
        return copy.run("-m", "authoring.notebooks", "--check", code=1)

    return say


@pytest.mark.parametrize(
    ("check", "fault"),
    [
        pytest.param(check, fault, id=f"<{check}>-{fault}")  # one copy, and one worker, for each check
        for check, faults in FAULTS.items()
        for fault in faults
    ],
)
def test_the_fault_is_caught_by_the_check(said, check, fault):
    assert re.search(FAULTS[check][fault].message, said(check), re.DOTALL), said(check)


def test_without_a_fault_every_check_passes(sound):
    assert "3 passed" in sound.nbval()
    assert "1 notebooks are up to date." in sound.run("-m", "authoring.notebooks", "--check")
    lesson = read("book/layers/sound", sound.root)
    assert [*check_lesson.cells(lesson, sound.root), *check_lesson.numbers(lesson, sound.root)] == []


def test_a_plain_build_gives_the_same_pages(sound):
    sound.build()  # from kept results, as the next one: each run has its own time and its own ids of widgets
    strict = sound.html()
    for made in (".doctrees", "html"):
        shutil.rmtree(sound.root / "_build" / made)
    sound.run(Path(sys.executable).with_name("jupyter-book"), "build", ".")
    assert sound.html() == strict


def test_cells_run_again_only_when_they_or_the_package_change(sound):
    def runs():
        return len(sound.runs.read_text().split())

    before = runs()
    sound.build()
    assert runs() == before

    sound.write("layers/sound.md", HEADER + SOUND.replace("# A sound", "# A still sound"))
    sound.build()
    assert runs() == before
    assert "A still sound lesson" in sound.html()["book/layers/sound.html"].decode()

    with (sound.root / "lessons_src" / "cnnlab" / "count" / "memory.py").open("a") as package:
        package.write("# A change that no page can see.\n")
    sound.build()
    assert runs() == before + 1

    sound.write("layers/sound.md", HEADER + SOUND.replace("[0, 7, 14]", "[0, 14]"))
    sound.build()
    assert runs() == before + 2


GAINED = """
## A belief

:::{admonition} Myth: “pixels are little *squares*”
:class: myth
They look like it.
:::

**Verdict:** they are samples.

:::{exercise} Design: a pixel
:label: sound-design
How?
:::
"""
TERM = "- {term: pixel, hans: 像素, hant: 像素, where: sound, means: One number of an image.}\n"


def test_what_a_lesson_gains_is_on_the_gathered_pages(tmp_path):
    copy = Copy(tmp_path, {"sound": SOUND})
    copy.write("layers/sound.md", HEADER + SOUND + GAINED)
    copy.write("reference/glossary.yml", TERM)
    copy.add_pages(
        map="# Map\n\n```{course-map}\n```\n",
        myths="# Myths\n\n```{myths}\n```\n",
        exercises="# Exercises\n\n```{exercises}\n```\n",
        glossary="# Glossary\n\n```{terms}\n```\n",
    )
    copy.build()
    html = {name: page.decode() for name, page in copy.html().items()}

    assert 'href="../layers/sound.html"' in html["book/reference/map.html"]
    myths = html["book/reference/myths.html"]
    assert "They are samples." in myths
    assert 'href="../layers/sound.html#myth-pixels-are-little-squares"' in myths
    assert 'href="../layers/sound.html#sound-design"' in html["book/reference/exercises.html"]
    assert 'href="../layers/sound.html#use-pixel"' in html["book/reference/glossary.html"]
    assert 'href="../reference/glossary.html#term-pixel"' in html["book/layers/sound.html"]

    copy.write("reference/glossary.yml", TERM + TERM.replace("pixel", "voxel"))
    assert "no lesson uses the glossary's term voxel" in copy.build(code=1)
