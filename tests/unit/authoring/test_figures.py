import io
from xml.etree import ElementTree as ET

import numpy as np
from docutils import nodes
from docutils.utils import new_document
from PIL import Image

from authoring import figures
from cnnlab import plots
from cnnlab.widgets import explore


def page(*svgs):
    """Make a page with one section that holds these outputs."""
    document = new_document("lesson")
    section = nodes.section(ids=["s"])
    section += nodes.title("What comes out", "What comes out")
    for svg in svgs:
        section += nodes.raw("", svg, format="html")
    document += section
    return document


def drawing():
    return plots.curves(
        [1, 2, 3], {"one": [1, 2, 3], "two": [3, 2, 1]}, xlabel="x", ylabel="y", alt='A "cross" & more.'
    )


def test_figures_of_a_page_come_with_alt_text_and_heading():
    html = drawing()._repr_html_()
    found = list(figures.drawings(page("<p>no figure</p>", html + html), {}))
    assert [(d.alt, d.under) for d in found] == [('A "cross" & more.', "What comes out")] * 2


def test_the_first_frame_of_a_slider_is_a_figure():
    slider = explore(
        lambda n: plots.curves([1, 2], {"n": [n, n]}, xlabel="x", ylabel="y", alt=f"Level {n}."), n=[4, 5]
    )
    view = '<script type="application/vnd.jupyter.widget-view+json">{"model_id": "m"}</script>'
    (found,) = figures.drawings(page(view), {"m": {"state": slider.get_state()}})
    assert found.alt == "Level 4."


def test_an_svg_stands_alone():
    text = figures.alone(drawing().svg())
    root = ET.fromstring(text)  # noqa: S314 -- our own
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert not any(word in text for word in ("var(", "currentColor", "<style", "100%"))
    assert "#0072b2" in text
    assert "#d55e00" in text


def test_a_png_is_wide_on_white_and_has_the_curves_and_the_words():
    picture = Image.open(io.BytesIO(figures.png(figures.alone(drawing().svg())))).convert("RGB")
    assert picture.width == figures.PNG_WIDTH
    colours = {colour for _, colour in picture.getcolors(maxcolors=1 << 24)}
    assert picture.getpixel((0, 0)) == (255, 255, 255)
    assert {(0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00)} <= colours
    left = picture.crop((0, 0, 60, picture.height)).convert("L")
    assert left.getextrema()[0] < 80  # the axis's name is drawn, in ink


def test_pictures_inside_a_figure_survive():
    pixels = np.array([[0.0, 1.0], [1.0, 0.0]])
    text = figures.alone(plots.images([pixels], alt="Four pixels.").svg())
    assert 'xlink:href="data:image/png' in text
    picture = Image.open(io.BytesIO(figures.png(text))).convert("L")
    assert picture.getextrema() == (0, 255)
