"""MyST Markdown as tokens and directives: what notebooks and checks of the text both read."""

import re
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from authoring import book

OPTION = re.compile(r"^:(?P<name>[\w-]+): *(?P<value>.*)$")


@dataclass(frozen=True)
class Directive:
    """A directive: ``{name} argument``, its options and its body."""

    name: str
    argument: str
    options: dict[str, str]
    body: str


def parser(root: Path, without: str = "") -> MarkdownIt:
    """Make a parser with the extensions that `_config.yml` names, less one."""
    extensions = set(book.config(root)["parse"]["myst_enable_extensions"]) - {without}
    return create_md_parser(MdParserConfig(enable_extensions=extensions), RendererHTML)


def is_directive(token: Token) -> bool:
    """Say whether a token is a directive."""
    return token.type in {"fence", "colon_fence"} and token.info.startswith("{")


def directive(token: Token) -> Directive:
    """Read a directive out of its token."""
    name, _, argument = token.info[1:].partition("}")
    lines = token.content.rstrip("\n").split("\n")
    options = {}
    while lines and (found := OPTION.match(lines[0])):
        options[found["name"]] = found["value"]
        del lines[0]
    return Directive(name, argument.strip(), options, "\n".join(lines))
