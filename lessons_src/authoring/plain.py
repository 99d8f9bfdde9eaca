"""MyST Markdown to plain Markdown: every directive and role becomes something that Jupyter itself shows."""

import posixpath
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from markdown_it.token import Token

from authoring import book, gather, myst, quiz, references
from authoring.myst import Directive

# What stands between a lesson's blocks and has a form of its own.
BETWEEN = {"myst_target", "myst_line_comment", "math_block_label"}
OPTIONS = {"class", "label"}  # others change what the site shows, and a notebook would not follow
NO_BODY = {"course-map", "quiz", "solution-start", "solution-end"}
NO_TITLE = {"course-map", "math", "solution-end"}
NOTES = {"note", "tip", "important", "warning", "hint", "seealso"}
INLINE = re.compile(
    r"\{(?P<role>[\w:-]+)\}`(?P<text>[^`]+)`"
    r"|(?P<image>!\[)"
    r"|\[(?P<words>[^\]]*)\]\((?P<target>[^)\s]*)\)"
    # Code, formulas and comments are matched only to be left alone.
    r"|(?P<tick>`+)(?!`).+?(?<!`)(?P=tick)(?!`)|\$\$.+?\$\$|(?<!\\)\$[^$]+\$|<!--.*?-->",
    re.DOTALL,
)
TARGETED = re.compile(r"^(?P<title>.*?)\s*<(?P<target>[^<>]+)>$", re.DOTALL)


class LessonError(ValueError):
    """A lesson that cannot become a notebook: says where and what to write instead."""

    def __init__(self, page: str, line: int, message: str) -> None:
        super().__init__(f"{page}.md:{line}: {message}")


def _formula(tex: str) -> str:
    return f"$$\n{tex.strip()}\n$$"


def _colon(words: str) -> str:
    return f": {words}" if words else ""


def _joined(lines: list[str | None]) -> Iterator[str]:
    text = "\n".join(line for line in lines if line is not None).strip("\n")
    if text:
        yield text


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
        self.line = 1  # of the lesson, where we are
        self.exercises = references.exercises_before(page, root)
        self._parser = myst.parser(root)

    def pieces(self, text: str, before: int = 0) -> list[str]:
        """Make a text plain that starts after so many lines; it is cut where a solution starts or ends."""
        pieces: list[list[str]] = [[]]
        for block in self._blocks(text, before):
            if block in {self.SOLUTION_START, self.SOLUTION_END}:
                pieces += [[block], []]
            else:
                pieces[-1].append(block)
        joined = ("\n\n".join(blocks).strip("\n") for blocks in pieces)
        return [piece for piece in joined if piece]

    def text(self, text: str, before: int = 0) -> str:
        """Make a text plain that has no solution in it."""
        pieces = self.pieces(text, before)
        if {self.SOLUTION_START, self.SOLUTION_END} & set(pieces):
            raise self._error("a solution inside a directive; move it out")
        return "\n\n".join(pieces)

    def _blocks(self, text: str, before: int) -> Iterator[str]:
        source = text.split("\n")
        lines: list[str | None] = [*source]  # None where a line was taken into the one above it
        done = 0
        for token in self._parser.parse(text):
            if not token.map:
                continue
            start, end = token.map
            self.line = before + start + 1
            if token.type == "inline":
                self._prose(lines, start, end)
            elif token.type in BETWEEN or token.type == "colon_fence" or myst.is_directive(token):
                self._expect_whole(token, source)
                yield from _joined(lines[done:start])
                done = end
                yield from self._block(token)
        yield from _joined(lines[done:])

    def _prose(self, lines: list[str | None], start: int, end: int) -> None:
        """Convert the lines of one paragraph, heading or row of a table."""
        words = "\n".join(line for line in lines[start:end] if line is not None)
        first = self.line

        def inline(found: re.Match[str]) -> str:
            self.line = first + words.count("\n", 0, found.start())
            return self._inline(found)

        converted = INLINE.sub(inline, words)
        lines[start:end] = [converted, *[None] * (end - start - 1)]

    def _expect_whole(self, token: Token, source: list[str]) -> None:
        start, end = token.map or (0, 0)
        first = source[start].strip()
        if token.level:
            raise self._error(f"in a list or a quotation: {first}; move it out")
        if token.type == "colon_fence" and not myst.is_directive(token):
            raise self._error(f"{first} closes nothing; no cell can stand inside a directive")
        if myst.is_directive(token) and not source[end - 1].strip().startswith(token.markup):
            raise self._error(f"{first} is not closed; no cell can stand inside a directive")

    def _block(self, token: Token) -> Iterator[str]:
        if myst.is_directive(token):
            yield self._directive(myst.directive(token))
        elif token.type == "math_block_label":
            yield _formula(token.content)

    # -- directives ---------------------------------------------------------------------------

    def _directive(self, directive: Directive) -> str:
        name, title, body = directive.name, directive.argument, directive.body
        self._expect_plain(directive)
        self.line += len(directive.options)  # now the line before the body
        if name in NOTES:
            return self._quoted(title or name.capitalize(), body)
        return self._handlers[name](title, body)

    def _expect_plain(self, directive: Directive) -> None:
        name, body = directive.name, directive.body.strip()
        if name not in NOTES | self._handlers.keys():
            known = ", ".join(sorted(NOTES | self._handlers.keys()))
            raise self._error(f"directive {{{name}}} has no plain form; known are {known}")
        if body.startswith("---"):
            raise self._error(f"options of {{{name}}} between ---; write lines such as :class: dropdown")
        if refused := directive.options.keys() - OPTIONS:
            raise self._error(f"option :{min(refused)}: has no plain form; known are class and label")
        if name in NO_BODY and body:
            raise self._error(f"text inside {{{name}}}, which shows none; write it below")
        if name in NO_TITLE and directive.argument:
            raise self._error(f"words after {{{name}}}; begin the next line with them")

    @property
    def _handlers(self) -> dict[str, Callable[[str, str], str]]:
        return {
            "admonition": self._quoted,
            "course-map": lambda *_: self._course_map(),
            "exercise": self._exercise,
            "dropdown": self._dropdown,
            "math": lambda _, body: _formula(body),
            "quiz": lambda name, _: self._quiz(name),
            "solution-start": lambda *_: self.SOLUTION_START,
            "solution-end": lambda *_: self.SOLUTION_END,
        }

    def _quoted(self, title: str, body: str) -> str:
        before = self.line
        heading = f"**{self.text(title, before - 1)}**"
        lines = [heading, "", *self.text(body, before).split("\n")]
        return "\n".join(f"> {line}".rstrip() for line in lines)

    def _exercise(self, title: str, body: str) -> str:
        self.exercises += 1
        return self._quoted(f"Exercise {self.exercises}" + (f" — {title}" if title else ""), body)

    def _dropdown(self, title: str, body: str) -> str:
        # The empty lines make Markdown work inside the HTML element.
        before = self.line
        summary = quiz.inline(self.text(title, before - 1), "notebook")
        return f"<details><summary>{summary}</summary>\n\n{self.text(body, before)}\n\n</details>"

    def _course_map(self) -> str:
        parts = []
        for part, entries in gather.course_map(self.root):
            lines = [
                f"- [{e.title}]({book.page_url(e.page, self.root)})" + _colon(e.question) for e in entries
            ]
            parts.append("\n".join([f"**{part}**", "", *lines]))
        return "\n\n".join(parts)

    def _quiz(self, name: str) -> str:
        try:
            questions = quiz.load(self.root / "book" / "quizzes" / f"{name}.yml")
            return quiz.html(questions, name, "notebook")
        except (OSError, quiz.QuizError) as error:
            raise self._error(f"the quiz {name} cannot be shown: {error}") from error

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
        if not (title or place.title):
            raise self._error(f"{target} stands before no heading; write {{ref}}`words <{target}>`")
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
        return LessonError(self.page, self.line, message)
