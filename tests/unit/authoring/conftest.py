"""A book of two lessons and an index, small enough to read."""

import textwrap

import pytest

from tests.small import HEADER

CONFIG = """\
title: A small book
repository: {url: "https://github.com/someone/small-book/", branch: trunk}
html: {baseurl: "https://someone.example/small-book/"}
bibtex_bibfiles: [references.bib]
parse: {myst_enable_extensions: [amsmath, attrs_inline, colon_fence, deflist, dollarmath]}
"""

TOC = """\
format: jb-book
root: book/index
parts:
  - caption: Layers
    chapters:
      - file: book/layers/first
      - file: book/layers/second
"""

FIRST = """\
(First_label)=
# The first lesson

Words.

:::{exercise} Add
:label: first-add
What is the sum?
:::

(upper)=
(low.er)=

## Two labels

(para)=
A paragraph.
"""

QUIZ = """\
- question: Is $a < b$, or `a > b`?
  answers:
    - {text: "Yes & no", correct: true, because: Because.}
    - {text: "*No*", misconception: none, because: '<script>alert("x")</script>'}
"""

BIBLIOGRAPHY = """\
@article{one, author={Roe, Jane}, title={T}, year={2001}, doi={10.1000/one}}
@article{two, author={Roe, Jane and M{\\"u}ller, Ada}, title={T}, year={2002}, url={https://two.example/x#y}}
@article{three, author={van der Berg, A. and B, B. and C, C.}, title={T}, year={2003}, doi={10.1000/three}}
"""


class Book:
    """The files of a small book below `root`."""

    def __init__(self, root):
        self.root = root
        self.write("_config.yml", CONFIG)
        self.write("_toc.yml", TOC)
        self.write("references.bib", BIBLIOGRAPHY)
        self.write("book/index.md", "# Welcome\n")
        self.write("book/quizzes/second.yml", QUIZ)
        self.lesson(FIRST, "first")
        self.lesson("# The second lesson\n", "second")

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf8")
        return path

    def lesson(self, text, name="second"):
        """Write a lesson; its text may be indented."""
        self.write(f"book/layers/{name}.md", HEADER + textwrap.dedent(text))


@pytest.fixture
def small_book(tmp_path):
    return Book(tmp_path)
