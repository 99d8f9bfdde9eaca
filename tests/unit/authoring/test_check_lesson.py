"""The rules for lessons: a lesson that keeps them has no faults; each rule broken is named with its line."""

import re

import pytest

from authoring import check_lesson, lesson, quoted

PAGE = "book/layers/second"

LESSON = """
(second)=
# The second lesson

:::{admonition} The question
:class: opening
What is it? You will be able to see in 45 minutes.

**Know first:** little. **Time:** 45 minutes.
:::

It has 1,168 weights, 28 × 28 pixels and costs 30 %, or 0.5 of them in two steps.

```{code-cell} python
from cnnlab import plots
from cnnlab.widgets import explore

assert weights == 1168 and x.shape == (28, 28)
assert 0.28 < share < 0.5 and share > 0.3
plots.images(x, alt="x")
```

```{code-cell} python
plots.images(x, alt="x")
```

```{code-cell} python
plots.images(x, alt="x")
```

:::{admonition} Myth: “it is magic”
:class: myth
A belief.

**Verdict:** it is not.
:::

```{code-cell} python
explore(draw, n=[1, 2])
```

```{code-cell} python
explore(draw, n=[1, 2])
```

## Check yourself

```{quiz} second
```

## Exercises

:::{exercise} Count
:label: second-count
How many of 99?
:::

:::{solution-start} second-count
:class: dropdown
:::

There are 77.

:::{solution-end}
:::

:::{exercise} Explain: why
:label: second-why
Why?
:::

:::{solution-start} second-why
:::

So.

:::{solution-end}
:::

## To remember

- one
- two
- three
- four
- five

## What comes next

More.

## Read more

- {cite:t}`one`, published in 2001.
"""

QUESTION = """\
- question: Well?
  answers:
    - {text: "Yes", correct: true, because: So.}
    - {text: "Not so", misconception: that, because: So.}
"""

OTHER = """\
- question: And now?
  answers:
    - {text: "Not so", misconception: that, because: So.}
    - {text: "Yes", correct: true, because: So.}
"""


@pytest.fixture
def faults(small_book):
    """Check the second lesson, after giving it a text; a fault comes with the line that it names."""
    small_book.write("book/quizzes/second.yml", QUESTION + OTHER + QUESTION)
    small_book.write("book/quizzes/same.yml", QUESTION * 3)
    small_book.write("book/quizzes/short.yml", QUESTION)

    def faults_(text):
        small_book.lesson(text.replace("More.", "word " * 1000))
        lines = (small_book.root / f"{PAGE}.md").read_text().split("\n")
        found = [
            re.fullmatch(rf"{PAGE}\.md:(\d+): (.+)", f) for f in check_lesson.faults(PAGE, small_book.root)
        ]
        return [(lines[int(fault[1]) - 1], fault[2]) for fault in found]

    return faults_


def test_a_lesson_that_keeps_the_rules_has_no_faults(faults):
    assert faults(LESSON) == []


WHOLE = "---"  # what concerns the whole page is said of its first line
NUMBERS = "It has"
BOX = ":::{admonition} The question"
LONG = "x" * 89


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("assert weights", "1\n" * 10 + "assert weights", "from", "a cell of 16 lines; 15 are the limit"),
        ("assert weights", f"{LONG}\nassert weights", LONG, "a line of 89 characters; 88 are the limit"),
        ("1,168", "1,169", NUMBERS, "the prose quotes 1,169, and no cell asserts it"),
        ("28 × 28", "28 × 27", NUMBERS, "the prose quotes 27, and no cell asserts it"),
        ("30 %", "31 %", NUMBERS, "the prose quotes 31 %, and no cell asserts it"),
        ("0.5 of", "0.55 of", NUMBERS, "the prose quotes 0.55, and no cell asserts it"),
        ("A belief.", "A belief.\n\n- It is 64.", "- It is", "the prose quotes 64, and no cell asserts it"),
        (BOX, "## The question\n\n:::{note}", WHOLE, "0 admonitions of the class opening; one is asked for"),
        ("What is it?", "What it is.", BOX, "the opening lacks “?”"),
        ("able to", "apt to", BOX, "the opening lacks “able to”"),
        ("Know first", "Know", BOX, "the opening lacks “Know first”"),
        ("**Time:**", "**Long:**", BOX, "the opening lacks “Time”"),
        ('plots.images(x, alt="x")\n', "", WHOLE, "0 figures from plots; three are the least"),
        ("explore(draw", "print(draw", WHOLE, "0 things to move from cnnlab.widgets; two are the least"),
        (":class: myth", ":class: tip", WHOLE, "no admonition of the class myth"),
        ("Myth: “it", "It “", ":::{admonition} It", "a myth's title is Myth: “…”, with the belief"),
        ("**Verdict:** it", "It", ":::{admonition} Myth", "no paragraph behind it that begins"),
        ("it is not.", "no " * 46, ":::{admonition} Myth", "a verdict of 46 words; 45 are the limit"),
        ("```{quiz} second\n```", "", WHOLE, "no quiz"),
        ("{quiz} second", "{quiz} third", "```{quiz}", "no file book/quizzes/third.yml"),
        ("{quiz} second", "{quiz} short", "```{quiz}", "1 questions in short.yml; three or four are asked"),
        ("{quiz} second", "{quiz} same", "```{quiz}", "every right answer in same.yml stands at the same"),
        ("start} second-why", "start} x", ":::{exercise} Explain", "the exercise “Explain: why” has no"),
        ("Explain: why", "Why", WHOLE, "no exercise named “Explain: …” or “Design: …”"),
        ("- five\n", "", "## To remember", "4 lines to remember; five"),
        ("{cite:t}`one`", "Roe", "## Read more", "nothing cited under “Read more”"),
        ("## What comes next", "## And now", WHOLE, "the last sections are to be: Check yourself"),
        ("More.", "Little.", WHOLE, "words of prose; 1000 to 3200 are the limits"),
        ("More.", "More. More. More. More.", WHOLE, "words of prose; 1000 to 3200 are the limits"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_named_with_its_line(faults, old, new, line, message):
    assert old in LESSON
    ((found_line, found_message),) = faults(LESSON.replace(old, new))
    assert found_line.startswith(line)
    assert message in found_message


def test_a_page_outside_the_chapters_has_to_keep_its_cells_short(small_book):
    small_book.write("_toc.yml", "root: book/index\nparts: [{chapters: [{file: book/reference/data}]}]\n")
    small_book.write(
        "book/reference/data.md", "# Data\n\n10,000 images.\n\n```{code-cell}\n" + "1\n" * 16 + "```\n"
    )
    assert check_lesson.faults("book/reference/data", small_book.root) == [
        "book/reference/data.md:6: a cell of 16 lines; 15 are the limit"
    ]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("10 and 9, 1,168 and 4,245,280", ["10", "1,168", "4,245,280"]),
        ("0.5, 12.25 and 5 %, 30% and 1.0", ["0.5", "12.25", "5 %", "30%", "1.0"]),
        ("28 × 28, 26×26, (12,34), 10–20, −15", ["28", "28", "26", "26", "12", "34", "10", "20", "15"]),
        ("VGG16, Conv2d, im2col, CIFAR-10, LeNet-5, float32", []),
        ("`x = 50`, $y_{50}$, $$50$$ and [50](x.md#50), <https://a.example/50>", []),
        ("{cite:p}`lecun1998` and {run-time}`60 s`", []),
        ("in 1998", ["1998"]),
    ],
)
def test_numbers_that_prose_quotes(text, numbers):
    block = lesson.Prose(1, text, "Section", frozenset())
    assert [found for _, found, _ in quoted.quoted(block)] == numbers


def test_a_number_is_found_in_its_line():
    block = lesson.Prose(7, "one\n`two\nthree` 11\n12", "Section", frozenset())
    assert [(line, text) for line, text, _ in quoted.quoted(block)] == [(9, "11"), (10, "12")]


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("assert x == 4_245_280", {4245280}),
        ("assert 0.3 < x < 0.35, 'not 99'", {0.3, 0.35}),
        ("assert x.shape == (1, 28) and np.isclose(y, 1.9)", {1, 28, 1.9}),
        ("for i in y:\n    assert i == -5", {5}),
        ("x = 77\nprint(78)\ncheck(79, 80)", set()),
        ("%pip install x\n!ls\nassert x == 11", {11}),
        ("assert flag is True", set()),
    ],
)
def test_numbers_that_cells_assert(cell, numbers):
    assert quoted.numbers_asserted(lesson.Lesson("p", cells=[lesson.Cell(1, cell)])) == numbers
