"""MyST Markdown to plain Markdown: every directive and role becomes something that Jupyter itself shows."""

import posixpath
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from authoring import book, myst, quiz, references
from authoring.myst import Directive

# What stands between a lesson's blocks and has a form of its own.
BETWEEN = {"myst_target", "myst_line_comment", "math_block_label"}
NOTES = {"note", "tip", "important", "warning", "hint", "seealso"}
INLINE = re.compile(
    r"\{(?P<role>[\w:-]+)\}`(?P<text>[^`]+)`"
    r"|(?P<image>!\[)"
    r"|\[(?P<words>[^\]]*)\]\((?P<target>[^)\s]*)\)"
    # Code and formulas are matched only to be left alone.
    r"|(?P<tick>`+)(?!`).+?(?<!`)(?P=tick)(?!`)|\$\$.+?\$\$|\$[^$]+\$",
    re.DOTALL,
)
TARGETED = re.compile(r"^(?P<title>.*?)\s*<(?P<target>[^<>]+)>$", re.DOTALL)


class LessonError(ValueError):
    """A lesson that cannot become a notebook: says where and what to write instead."""


def _formula(tex: str) -> str:
    return f"$$\n{tex.strip()}\n$$"


class Plain:
    """Makes the text of one lesson plain.

    Exercises are numbered as on the site, in order of appearance, so one object reads one lesson from
    its start to its end.
    """

    # Where a solution starts and ends among the pieces; no Markdown looks like that.
    SOLUTION_START = "\0solution-start"
    SOLUTION_END = "\0solution-end"

    def __init__(self, page: str, root: Path = book.ROOT) -> None:
        self.page, self.root = page, root
        self.exercises = references.exercises_before(page, root)
        self._parser = myst.parser(root)

    def pieces(self, text: str) -> list[str]:
        """Make a text plain; it is cut where a solution starts or ends."""
        pieces: list[list[str]] = [[]]
        for block in self._blocks(text):
            if block in {self.SOLUTION_START, self.SOLUTION_END}:
                pieces += [[block], []]
            else:
                pieces[-1].append(block)
        joined = ("\n\n".join(blocks).strip("\n") for blocks in pieces)
        return [piece for piece in joined if piece]

    def text(self, text: str) -> str:
        """Make a text plain that has no solution in it."""
        return "\n\n".join(self.pieces(text))

    def _blocks(self, text: str) -> Iterator[str]:
        lines = text.split("\n")
        done = 0
        for token in self._parser.parse(text):
            if not token.map or not (token.type in BETWEEN or myst.is_directive(token)):
                continue
            if token.level:
                raise self._error(f"in a list or a quotation: {lines[token.map[0]].strip()}; move it out")
            start, end = token.map
            yield from self._prose(lines[done:start])
            done = end
            if myst.is_directive(token):
                yield self._directive(myst.directive(token))
            elif token.type == "math_block_label":
                yield _formula(token.content)
        yield from self._prose(lines[done:])

    def _prose(self, lines: list[str]) -> Iterator[str]:
        text = "\n".join(lines).strip("\n")
        if not text:
            return
        if stray := re.search(r"^\s*:::.*$", text, re.MULTILINE):
            raise self._error(f"{stray[0].strip()} closes nothing; no cell can stand inside a directive")
        yield INLINE.sub(self._inline, text)

    # -- directives ---------------------------------------------------------------------------

    def _directive(self, directive: Directive) -> str:
        name, title, body = directive.name, directive.argument, directive.body.strip("\n")
        if name in NOTES:
            return self._quoted(title or name.capitalize(), body)
        handlers: dict[str, Callable[[str, str], str]] = {
            "admonition": self._quoted,
            "exercise": self._exercise,
            "dropdown": self._dropdown,
            "math": lambda _, body: _formula(body),
            "quiz": lambda name, _: self._quiz(name),
            "solution-start": lambda *_: self.SOLUTION_START,
            "solution-end": lambda *_: self.SOLUTION_END,
        }
        if name not in handlers:
            known = ", ".join(sorted(NOTES | handlers.keys()))
            raise self._error(f"directive {{{name}}} has no plain form; known are {known}")
        return handlers[name](title, body)

    def _quoted(self, title: str, body: str) -> str:
        heading = f"**{self.text(title)}**"
        return "\n".join(f"> {line}".rstrip() for line in [heading, "", *self.text(body).split("\n")])

    def _exercise(self, title: str, body: str) -> str:
        self.exercises += 1
        return self._quoted(f"Exercise {self.exercises}" + (f" — {title}" if title else ""), body)

    def _dropdown(self, title: str, body: str) -> str:
        # The empty lines make Markdown work inside the HTML element.
        summary = quiz.inline(self.text(title), "notebook")
        return f"<details><summary>{summary}</summary>\n\n{self.text(body)}\n\n</details>"

    def _quiz(self, name: str) -> str:
        try:
            questions = quiz.load(self.root / "book" / "quizzes" / f"{name}.yml")
        except (OSError, quiz.QuizError) as error:
            raise self._error(f"the quiz {name} cannot be shown: {error}") from error
        return quiz.html(questions, name, "notebook")

    # -- roles and links ----------------------------------------------------------------------

    def _inline(self, found: re.Match[str]) -> str:
        if found["role"]:
            return self._role(found["role"], found["text"])
        if found["image"]:
            raise self._error("an image file, which does not travel with a notebook; draw it in a cell")
        if found["target"] and not urlsplit(found["target"]).scheme:
            return self._link(found["words"], found["target"])
        return found[0]

    def _role(self, name: str, text: str) -> str:
        handlers: dict[str, Callable[[str], str]] = {
            "ref": self._ref,
            "doc": self._doc,
            "cite:t": lambda keys: self._cite(keys, "{0.authors} ({0.year})"),
            "cite:p": lambda keys: f"({self._cite(keys, '{0.authors}, {0.year}')})",
            "run-time": lambda fallback: fallback,
        }
        if name not in handlers:
            raise self._error(f"role {{{name}}} has no plain form; known are {', '.join(sorted(handlers))}")
        return handlers[name](text)

    def _ref(self, text: str) -> str:
        title, target = self._targeted(text)
        if target not in self._labels:
            raise self._error(f"{{ref}}`{text}`: no heading or exercise has the label {target}")
        place = self._labels[target]
        return f"[{title or place.title}]({place.url})"

    def _doc(self, text: str) -> str:
        title, target = self._targeted(text)
        place = references.page(self._page(target), self.root)
        return f"[{title or place.title}]({place.url})"

    def _cite(self, keys: str, form: str) -> str:
        links = []
        for key in (key.strip() for key in keys.split(",")):
            if key not in self._publications:
                raise self._error(f"no publication {key} in the bibliography")
            publication = self._publications[key]
            links.append(f"[{form.format(publication)}]({publication.url})")
        return "; ".join(links)

    def _link(self, words: str, target: str) -> str:
        path, _, anchor = target.partition("#")
        if not path and anchor in self._labels:
            return self._ref(f"{words} <{anchor}>" if words else anchor)
        if path and not path.endswith(".md"):
            raise self._error(f"link to {target}: expected a page of the book, such as ../index.md")
        place = references.page(self._page(path.removesuffix(".md")) if path else self.page, self.root)
        return f"[{words or place.title}]({place.url}{'#' + anchor if anchor else ''})"

    @staticmethod
    def _targeted(text: str) -> tuple[str | None, str]:
        found = TARGETED.match(text)
        return (found["title"], found["target"]) if found else (None, text)

    def _page(self, target: str) -> str:
        """Resolve a path as Sphinx does: from the book's root after a slash, else from this page."""
        path = target[1:] if target.startswith("/") else posixpath.join(posixpath.dirname(self.page), target)
        page = posixpath.normpath(path)
        if page not in book.pages(self.root):
            raise self._error(f"link to {target}: _toc.yml lists no page {page}")
        return page

    @cached_property
    def _labels(self) -> dict[str, references.Place]:
        return references.labels(self.root)

    @cached_property
    def _publications(self) -> dict[str, references.Publication]:
        return references.publications(self.root)

    def _error(self, message: str) -> LessonError:
        return LessonError(f"{self.page}: {message}")
