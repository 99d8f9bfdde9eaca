"""The picture that a link to a page brings along where it is shared: the page's title beside the bird."""

from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from authoring import npm
from cnnlab import data

SIZE = (1200, 630)  # what the sites that show such pictures ask for
NAVY, SKY, AMBER, WHITE = "#0b3d5c", "#8ecae6", "#ffb703", "#ffffff"
MARK = [(5, 5, SKY), (5, 13, SKY), (5, 21, SKY), (13, 9, AMBER), (13, 17, AMBER), (21, 13, WHITE)]
"""The squares of the course's mark, on a sheet of 32 by 32."""

FONTS = Path("@fontsource-variable/atkinson-hyperlegible-next")
LETTERS = "files/atkinson-hyperlegible-next-latin-wght-{style}.woff2"


def card(title: str, part: str, course: str) -> Image.Image:
    """Draw the card of a page.

    Parameters
    ----------
    title, part, course : str
        The page's title, the part of the book that it stands in ("" for the front page), the book's title.

    Returns
    -------
    PIL.Image.Image
        1200 by 630 pixels.
    """
    sheet = Image.new("RGB", SIZE, NAVY)
    pen = ImageDraw.Draw(sheet)
    _bird(pen, left=696, top=77, pixel=17)
    lines, size = _fitting(title, width=600, height=300)
    for number, line in enumerate(lines):
        pen.text((72, 150 + number * size * 1.14), line, font=_font(size, 750), fill=WHITE)
    pen.text((72, 84), (part or "Run every claim").upper(), font=_font(30, 700), fill=AMBER)
    mark(pen, left=62, top=500, unit=2)
    if title != course:
        pen.text((142, 516), course, font=_font(30, 600), fill=SKY)
    return sheet


def icon(size: int = 192) -> Image.Image:
    """Draw the mark alone, for those who put the page on a telephone's first screen."""
    sheet = Image.new("RGB", (size, size), NAVY)
    mark(ImageDraw.Draw(sheet), left=0, top=0, unit=size // 32)
    return sheet


def mark(pen: ImageDraw.ImageDraw, left: int, top: int, unit: int) -> None:
    """Draw the squares of the mark; 32 units are its sheet."""
    for x, y, colour in MARK:
        x0, y0 = left + x * unit, top + y * unit
        pen.rectangle((x0, y0, x0 + 6 * unit - 1, y0 + 6 * unit - 1), fill=colour)


def _bird(pen: ImageDraw.ImageDraw, left: int, top: int, pixel: int) -> None:
    """Draw the bird of the course with one square for each of its pixels."""
    ground, ink = np.array([11, 61, 92]), np.array([142, 202, 230])
    for (row, column), value in np.ndenumerate(data.animals().test_images[9, 0]):
        if value > 0:
            x, y = left + column * pixel, top + row * pixel
            colour = tuple(int(c) for c in (ground + value * (ink - ground)).round())
            pen.rectangle((x, y, x + pixel - 3, y + pixel - 3), fill=colour)


def _fitting(title: str, width: int, height: int) -> tuple[list[str], int]:
    """Break a title into lines, in the largest letters with which it fits."""
    for size in range(84, 30, -4):
        lines = [""]
        for word in title.split():
            longer = f"{lines[-1]} {word}".strip()
            if _font(size, 750).getlength(longer) > width and lines[-1]:
                lines.append(word)
            else:
                lines[-1] = longer
        widest = max(_font(size, 750).getlength(line) for line in lines)
        if widest <= width and len(lines) * size * 1.14 <= height:
            break
    return lines, size


@cache
def _font(size: int, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(npm.ensure() / FONTS / LETTERS.format(style="normal"), size)
    font.set_variation_by_axes([weight])
    return font
