"""Every construct that lessons use has a plain form; whatever has none stops the work and says where."""

import re

import pytest

from authoring.plain import LessonError, Plain

SITE = "https://someone.example/small-book/book"
RAW = re.compile(r"^[>\s]*(:::|```\{)|\{[\w:-]+\}`|^\([\w-]+\)=|^%", re.MULTILINE)


@pytest.fixture
def plain(small_book):
    return lambda text: Plain("book/layers/second", small_book.root).text(text)


CONSTRUCTS = {
    "ref": ("{ref}`First_label`", f"[The first lesson]({SITE}/layers/first.html#first-label)"),
    "ref with words": ("{ref}`see <First_label>`", f"[see]({SITE}/layers/first.html#first-label)"),
    "ref to an exercise": ("{ref}`first-add`", f"[Add]({SITE}/layers/first.html#first-add)"),
    "ref over two lines": (
        "{ref}`see\nthis <First_label>`",
        f"[see\nthis]({SITE}/layers/first.html#first-label)",
    ),
    "doc": ("{doc}`first`", f"[The first lesson]({SITE}/layers/first.html)"),
    "doc with words": ("{doc}`home </book/index>`", f"[home]({SITE}/index.html)"),
    "citation in the text": ("{cite:t}`one` shows", "[Roe (2001)](https://doi.org/10.1000/one) shows"),
    "citation in brackets": ("{cite:p}`two`", "([Roe and Müller, 2002](https://two.example/x#y))"),
    "several citations": (
        "{cite:p}`one, three`",
        "([Roe, 2001](https://doi.org/10.1000/one); [van der Berg et al., 2003](https://doi.org/10.1000/three))",
    ),
    "run time": ("in {run-time}`a minute`.", "in a minute."),
    "two roles in a line": ("{run-time}`a` {run-time}`b`", "a b"),
    "page": ("[x](first.md)", f"[x]({SITE}/layers/first.html)"),
    "page above": ("[x](../index.md)", f"[x]({SITE}/index.html)"),
    "page from the root": ("[x](/book/index.md)", f"[x]({SITE}/index.html)"),
    "page without words": ("[](../index.md)", f"[Welcome]({SITE}/index.html)"),
    "page and anchor": ("[x](first.md#words)", f"[x]({SITE}/layers/first.html#words)"),
    "anchor": ("[x](#check)", f"[x]({SITE}/layers/second.html#check)"),
    "label as anchor": ("[](#First_label)", f"[The first lesson]({SITE}/layers/first.html#first-label)"),
    "role after a price": ("$5 now.\n\nSee {run-time}`x` for $6.", "$5 now.\n\nSee x for $6."),
    "role between two prices": ("\\$5, {run-time}`x`, \\$6", "\\$5, x, \\$6"),
    "ref to the upper of two labels": ("{ref}`upper`", f"[Two labels]({SITE}/layers/first.html#upper)"),
    "ref to the lower of two labels": ("{ref}`low.er`", f"[Two labels]({SITE}/layers/first.html#low-er)"),
    "ref to a paragraph": ("{ref}`it <para>`", f"[it]({SITE}/layers/first.html#para)"),
    "link with code": ("[`x`](first.md)", f"[`x`]({SITE}/layers/first.html)"),
    "web link": ("[x](https://a.example/b.md#c)", "[x](https://a.example/b.md#c)"),
    "code like a role": ("`{ref}` and `` {ref}`x` ``", "`{ref}` and `` {ref}`x` ``"),
    "code like a link": ("`[a](b.md)`", "`[a](b.md)`"),
    "code like a picture": ("`![a](b.png)`", "`![a](b.png)`"),
    "formula": ("$x_1 + y_{i,j} * z_2$", "$x_1 + y_{i,j} * z_2$"),
    "formula like a link": ("$f[i](x)$ and $$y[i](t)$$", "$f[i](x)$ and $$y[i](t)$$"),
    "block formula": ("$$\ny_{i} = \\sum_j w_{i,j}\n$$", "$$\ny_{i} = \\sum_j w_{i,j}\n$$"),
    "block formula with a label": ("$$\na_1 = b_1\n$$ (eq-one)", "$$\na_1 = b_1\n$$"),
    "math directive": ("```{math}\n:label: eq-two\na_1\n```", "$$\na_1\n$$"),
    "heading": ("(here)=\n## A *heading*", "## A *heading*"),
    "label without a space": ("text\n\n(here)=\n\n### Next", "text\n\n### Next"),
    "comment": ("before\n\n% not for readers\n\nafter", "before\n\nafter"),
    "table": ("| a | b |\n|---|---|\n| {run-time}`x` | `c` |", "| a | b |\n|---|---|\n| x | `c` |"),
    "list": ("1. one\n2. see {run-time}`x`\n   - deeper", "1. one\n2. see x\n   - deeper"),
    "code between tildes": ("~~~\n{x}`y` ![a](b)\n~~~", "~~~\n{x}`y` ![a](b)\n~~~"),
    "code in a list": ("- a\n\n  ~~~\n  {x}`y`\n  ~~~", "- a\n\n  ~~~\n  {x}`y`\n  ~~~"),
    "indented code": ("    {x}`y` [a](b)", "    {x}`y` [a](b)"),
    "comment with code": ("<!-- {x}`y` -->\n\na <!-- {z}`y` -->", "<!-- {x}`y` -->\n\na <!-- {z}`y` -->"),
    "fenced code": ("```python\nx = '{ref}`y`'\n```", "```python\nx = '{ref}`y`'\n```"),
    "emphasis and signs": ("**“bold”** — 3 × 3 → *ß*", "**“bold”** — 3 × 3 → *ß*"),
    "note": (":::{note}\nText.\n:::", "> **Note**\n>\n> Text."),
    "titled note": (":::{tip} Read this\nText.\n:::", "> **Read this**\n>\n> Text."),
    "fence of ticks": ("```{warning}\nText.\n```", "> **Warning**\n>\n> Text."),
    "admonition": (
        ":::{admonition} Myth: “$x_1$ is all”\n:class: myth\nNo, see {run-time}`x`.\n\n- a\n- b\n:::",
        "> **Myth: “$x_1$ is all”**\n>\n> No, see x.\n>\n> - a\n> - b",
    ),
    "note in a note": (
        "::::{note}\nOuter.\n\n:::{tip}\nInner.\n:::\n::::",
        "> **Note**\n>\n> Outer.\n>\n> > **Tip**\n> >\n> > Inner.",
    ),
    "formula in a note": (":::{hint}\n$$\na_1\n$$\n:::", "> **Hint**\n>\n> $$\n> a_1\n> $$"),
    "dropdown": (
        ":::{dropdown} More on `x` & *y*\nText.\n:::",
        "<details><summary>More on <code>x</code> &amp; <em>y</em></summary>\n\nText.\n\n</details>",
    ),
    "map of the course": (
        "```{course-map}\n```",
        f"**Layers**\n\n- [The first lesson]({SITE}/layers/first.html)\n"
        f"- [The second lesson]({SITE}/layers/second.html)",
    ),
    "exercise": (
        ":::{exercise} Count\n:label: a-label\nHow many?\n:::",
        "> **Exercise 2 — Count**\n>\n> How many?",
    ),
    "two options": (":::{exercise}\n:label: b\n:class: dropdown\nText.\n:::", "> **Exercise 2**\n>\n> Text."),
    "two directives without an empty line": (
        ":::{note}\nA\n:::\n:::{note}\nB\n:::",
        "> **Note**\n>\n> A\n\n> **Note**\n>\n> B",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CONSTRUCTS.values(), ids=CONSTRUCTS.keys())
def test_plain_form(plain, text, expected):
    assert plain(text) == expected
    assert plain(f"Before.\n\n{text}\n\nAfter.") == f"Before.\n\n{expected}\n\nAfter."


@pytest.mark.parametrize("text", [t for name, (t, _) in CONSTRUCTS.items() if "code" not in name])
def test_no_raw_markup_is_left(plain, text):
    assert not RAW.search(plain(text))


def test_a_quiz_becomes_html(plain):
    assert plain("```{quiz} second\n```").startswith('<div class="quiz" id="quiz-second">')


def test_exercises_count_on_from_those_of_earlier_pages(plain):
    text = plain(":::{exercise}\nA\n:::\n\n:::{exercise} B\nB\n:::")
    assert re.findall(r"\*\*(.+)\*\*", text) == ["Exercise 2", "Exercise 3 — B"]


def test_a_solution_is_cut_out(small_book):
    text = "A\n\n:::{solution-start} x\n:class: dropdown\n:::\n\nB\n\n:::{solution-end}\n:::\n\nC"
    pieces = Plain("book/layers/second", small_book.root).pieces(text)
    assert pieces == ["A", Plain.SOLUTION_START, "B", Plain.SOLUTION_END, "C"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("```{figure} x.png\n```", "directive {figure} has no plain form; known are admonition, course-map"),
        ("{term}`kernel`", "role {term} has no plain form; known are cite:p, cite:t, doc"),
        ("{ref}`nowhere`", "no heading or exercise has the label nowhere"),
        ("{cite:t}`nobody`", "no publication nobody in the bibliography"),
        ("{cite:p}`one,nobody`", "no publication nobody in the bibliography"),
        ("{doc}`third`", "_toc.yml lists no page book/layers/third"),
        ("[x](third.md)", "_toc.yml lists no page book/layers/third"),
        ("[x](../../README.md)", "_toc.yml lists no page README"),
        ("[x](first)", "link to first: expected a page of the book"),
        ("[x](data.csv)", "link to data.csv: expected a page of the book"),
        ("![A cat.](cat.png)", "an image file, which does not travel with a notebook"),
        ("- item\n\n  :::{note}\n  Text.\n  :::", "in a list or a quotation: :::{note}; move it out"),
        ("- :::{note}\n  Text.\n  :::", "in a list or a quotation"),
        ("> ```{note}\n> Text.\n> ```", "in a list or a quotation"),
        (":::{note}\n- item\n\n  ```{tip}\n  Text.\n  ```\n:::", "in a list or a quotation"),
        ("Text.\n:::", "::: closes nothing; no cell can stand inside a directive"),
        ("{ref}`nowhere <>`", "no heading or exercise"),
        ("{ref}`para`", "para stands before no heading; write {ref}`words <para>`"),
        (":::\nText.\n:::", "::: closes nothing"),
        (":::{note}\nText.", ":::{note} is not closed; no cell can stand inside a directive"),
        (":::{exercise} T\n---\nlabel: x\n---\nText.\n:::", "options of {exercise} between ---; write lines"),
        (
            ":::{exercise} T\n:nonumber:\nText.\n:::",
            "option :nonumber: has no plain form; known are class and",
        ),
        (
            ":::{solution-start} x\nText.\n:::",
            "text inside {solution-start}, which shows none; write it below",
        ),
        (":::{solution-end}\nText.\n:::", "text inside {solution-end}, which shows none"),
        (":::{course-map} Lessons\n:::", "words after {course-map}; begin the next line with them"),
        (":::{quiz} second\nText.\n:::", "text inside {quiz}, which shows none"),
        (":::{math} x = y\n:::", "words after {math}; begin the next line with them"),
        ("::::{note}\n:::{solution-start} x\n:::\n::::", "a solution inside a directive; move it out"),
        ("```{quiz} ../quizzes/second\n```", "the name '../quizzes/second' cannot be an id"),
    ],
)
def test_what_has_no_plain_form_is_named(plain, text, message):
    with pytest.raises(LessonError, match=re.escape(message)) as error:
        plain(text)
    assert re.match(r"book/layers/second\.md:\d+: ", str(error.value))


@pytest.mark.parametrize(
    "text",
    [
        "One\ntwo {term}`x`",
        "One\n\n| a |\n|---|\n| b |\n- {term}`x`",
        ":::{note}\n:class: tip\n{term}`x`\n:::",
        "\n::::{tip} Title\n:::{note}\n\nText\n{term}`x`\n:::\n::::",
        "One {ref}`a\n<first-add>`\n{term}`x`",
        "One.\n\n:::{admonition} Title\nTwo.\n:::\n\n{term}`x`",
    ],
)
def test_the_line_is_named(plain, text):
    with pytest.raises(LessonError, match=r"role \{term\}") as error:
        plain(text)
    assert text.split("\n")[int(str(error.value).split(":")[1]) - 1].endswith("{term}`x`")


def test_a_missing_quiz_is_named(plain):
    with pytest.raises(LessonError, match=r"book/layers/second.*nothing\.yml"):
        plain("```{quiz} nothing\n```")
