"""The last look at a notebook's text: what Jupyter would show raw, and links that lead nowhere there."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Comment
from markdown_it.token import Token

from authoring import myst

# What Jupyter, GitHub and Colab all show; whatever else the parser finds is an extension of MyST.
SHOWN = {
    "paragraph", "heading", "bullet_list", "ordered_list", "list_item", "blockquote", "hr",
    "table", "thead", "tbody", "tr", "th", "td", "fence", "code_block", "html_block", "html_inline",
    "inline", "text", "softbreak", "hardbreak", "code_inline", "em", "strong", "link",
    "math_block", "math_inline", "math_inline_double", "amsmath",
}  # fmt: skip
# None of these loads anything; href is looked at by itself.
HTML_ATTRIBUTES = {"aria-label", "aria-labelledby", "class", "id", "lang", "name", "open", "role", "title"}
MARKUP = re.compile(r"[{}]|^:::|^\([^\s()]+\)=")
ROLE = re.compile(r"\{[^{}]*\}`")
FORMULA = re.compile(r"\$[^$]+\$")


def faults(text: str, root: Path) -> Iterator[tuple[str, str]]:
    """Find what cannot stay in a notebook: the piece as it stands, and what to do about it."""
    # Jupyter knows no attributes in braces, so they have to be seen as the text that they would be.
    for token, source in _flat(myst.parser(root, without="attrs_inline").parse(text), text):
        kind = token.type.removesuffix("_open").removesuffix("_close")
        if kind == "myst_role":
            role = re.search(rf"\{{{token.meta['name']}\}}`+[^`]*`*", source)
            yield role[0] if role else source, "a role takes one pair of `, and never stands in a link"
        elif kind not in SHOWN or (kind == "fence" and token.info.startswith("{")):
            yield source, f"{kind} has no plain form in a notebook; use text, lists, tables and notes"
        elif kind == "text" and MARKUP.search(token.content):
            yield token.content, "this stays raw in a notebook; braces belong into `code` or a formula"
        elif kind.startswith("math") and ROLE.search(token.content):
            yield token.content, "a role inside a formula; write \\$ for the sign of the dollar"
        elif kind == "link" and token.attrs:
            yield from _link(str(token.attrs["href"]))
        elif kind.startswith("html"):
            yield from _html(token.content)


def _flat(tokens: list[Token], text: str) -> Iterator[tuple[Token, str]]:
    """Give each token with the text that it is in: a block's first line, or the whole paragraph."""
    lines = text.split("\n")
    for token in tokens:
        yield token, lines[token.map[0]] if token.map else ""
        yield from ((child, token.content) for child in token.children or [])


def _link(href: str) -> Iterator[tuple[str, str]]:
    if urlsplit(href).scheme not in {"http", "https", "mailto"}:
        yield href, "a link that is dead in a notebook; write [words](page.md) or [words](https://…)"


def _html(text: str) -> Iterator[tuple[str, str]]:
    page = BeautifulSoup(text, "lxml")
    for element in page.find_all(True):
        if refused := element.attrs.keys() - HTML_ATTRIBUTES - {"href"}:
            yield f"<{element.name}", f"HTML with {', '.join(sorted(refused))}=; write Markdown, or a cell"
        if "href" in element.attrs:
            yield from _link(str(element["href"]))
    for code in page.find_all(["code", "pre"]):
        code.decompose()
    for words in page.find_all(string=lambda string: not isinstance(string, Comment)):
        if MARKUP.search(FORMULA.sub("", words)):
            yield words.strip(), "this stays raw inside HTML; write Markdown"
