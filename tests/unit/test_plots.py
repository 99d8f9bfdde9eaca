"""Figures: the same text on every run, readable by everyone, small."""

import base64
import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from IPython.testing.globalipapp import start_ipython
from PIL import Image

from cnnlab import plots
from cnnlab.plots.style import PALETTE, THEME_CSS

LIGHT, DARK = "#ffffff", "#121212"


def curve():
    fig, ax = plots.figure(alt="Accuracy rises from 0 to 1 < 2.")
    ax.plot(np.linspace(0, 1, 50), label="training")
    ax.plot(np.linspace(0, 1, 50) ** 2, color=plots.VERMILION)
    ax.set(xlabel="Epochs", ylabel="Accuracy", title="Learning")
    return fig


def luminance(colour):
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """WCAG 2.2, relative luminance."""
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_the_standards():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("name", PALETTE)
def test_every_colour_can_be_told_from_its_page(name):
    on_light, on_dark = PALETTE[name]
    assert contrast(on_light, LIGHT) >= 3
    assert contrast(on_dark, DARK) >= 3
    # In a dark page that nothing tells us about, the light variant has to do.
    assert contrast(on_light, DARK) >= 3


def test_palette_follows_dark_pages():
    for name, (_, on_dark) in PALETTE.items():
        assert f"--cnn-{name}:{on_dark}" in THEME_CSS


@pytest.mark.parametrize("alt", ["", "  ", None])
def test_a_figure_without_alt_is_refused(alt):
    with pytest.raises(ValueError, match="alt"):
        plots.Figure(alt=alt)


def test_a_figure_too_wide_for_a_telephone_is_refused():
    with pytest.raises(ValueError, match="7 inches"):
        plots.figure(alt="Wide.", width=8)


def test_svg_is_the_same_on_every_run():
    assert curve().svg() == curve().svg()
    fig = curve()
    assert fig.svg() == fig.svg()


def test_svg_follows_a_change_of_the_figure():
    fig = curve()
    before = fig.svg()
    fig.axes[0].set_title("Another title")
    assert "Another title" in fig.svg()
    assert fig.svg() != before


def test_svg_belongs_to_its_page():
    svg = curve().svg()
    root = ElementTree.fromstring(svg)  # noqa: S314 -- our own text
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == "Accuracy rises from 0 to 1 < 2."
    assert {"Epochs", "Accuracy", "Learning"} <= {text.text for text in root.iter("text")}
    assert "font-family" not in svg
    assert "currentColor" in svg
    assert "#000000" not in svg
    assert "var(--cnn-blue,#0072b2)" in svg
    assert "var(--cnn-vermilion,#d55e00)" in svg
    assert "metadata" not in svg
    assert "xmlns" not in svg
    assert "<!" not in svg


def test_ids_are_used_and_differ_between_figures():
    svg, other = curve().svg(), plots.figure(alt="Empty axes.")[0].svg()
    ids = re.findall(r'id="([^"]+)"', svg)
    assert len(ids) == len(set(ids)) > 0
    assert set(ids) == set(re.findall(r'(?:href="|url\()#([^")]+)', svg))
    assert not set(ids) & set(re.findall(r'id="([^"]+)"', other))


def test_coordinates_have_two_decimals():
    assert not re.search(r"\d\.\d{3,}", re.sub(r'transform="[^"]*"|style="[^"]*"', "", curve().svg()))


def test_figures_are_small():
    assert len(curve().svg()) < 10_000
    fig, ax = plots.figure(alt="Five hundred points.")
    ax.scatter(*np.random.default_rng(0).random((2, 500)))
    assert len(fig.svg()) < 30_000
    assert len(plots.images(np.random.default_rng(0).random((12, 28, 28)), alt="Noise.").svg()) < 30_000


def test_the_notebooks_own_style_changes_nothing():
    import matplotlib as mpl

    expected = curve().svg()
    with mpl.rc_context({"lines.linewidth": 9, "axes.titlesize": 30, "axes.facecolor": "red"}):
        assert curve().svg() == expected


def pixels(svg):
    for data in re.findall(r"data:image/png;base64,([^\"]+)", svg):
        yield np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))


def test_an_image_keeps_every_pixel():
    image = np.arange(28 * 28).reshape(28, 28) / (28 * 28 - 1)
    svg = plots.images([image], alt="A ramp.").svg()
    (shown,) = pixels(svg)
    assert shown.shape == (28, 28)  # one channel: nothing is stored for colour
    np.testing.assert_allclose(shown, image * 255, atol=2)
    assert "image-rendering:pixelated" in svg


@pytest.mark.parametrize("shape", [(8, 8), (1, 8, 8), (3, 8, 8), (2, 8, 8), (2, 1, 8, 8), (2, 3, 8, 8)])
def test_images_of_every_layout(shape):
    # A single (1, 8, 8) or (2, 8, 8) is a batch of grey images, and so is (3, 8, 8).
    count = 1 if len(shape) == 2 else shape[0]
    assert len(plots.images(np.zeros(shape), alt="Black.").axes) == count


def test_a_list_holds_single_images_of_any_size():
    assert len(plots.images([np.zeros((3, 8, 8)), np.zeros((4, 5))], alt="Black.").axes) == 2


@pytest.mark.parametrize(
    ("images", "message"),
    [(np.full((1, 4, 4), 2.0), r"\[0, 1\].*plots.signed"), (np.zeros((1, 2, 4, 4)), r"got \(2, 4, 4\)")],
)
def test_wrong_images_are_named(images, message):
    with pytest.raises(ValueError, match=message):
        plots.images(images, alt="Wrong.")


def test_titles_and_images_are_as_many():
    with pytest.raises(ValueError, match="titles: expected 2, one for each, got 1"):
        plots.images(np.zeros((2, 4, 4)), titles=["one"], alt="Black.")


def test_signed_maps_share_one_symmetric_scale():
    fig = plots.signed([[[-2, 0]], [[1, 0]]], alt="Two maps.")
    scales = {ax.images[0].get_clim() for ax in fig.axes}
    assert scales == {(-2, 2)}
    low, zero, high = plots.cells.SIGNED([0.0, 0.5, 1.0])[:, :3]
    assert low[2] > low[0]  # blue
    assert high[0] > high[2]  # orange
    assert np.ptp(zero) < 0.02  # neutral


def test_signed_refuses_colours():
    with pytest.raises(ValueError, match="H, W"):
        plots.signed(np.zeros((1, 3, 4, 4)), alt="Colours.")


def test_a_matrix_shows_its_numbers():
    svg = plots.matrix([[1, -2], [0.333, 4]], title="Kernel", alt="A kernel.").svg()
    assert re.findall(r">([^<]+)</text>", svg) == ["1", "−2", "0.33", "4", "Kernel"]


def test_an_unknown_number_is_left_blank():
    svg = plots.matrix([[1, np.nan], [-1, 0]], shade="signed", alt="One number is not known yet.").svg()
    assert re.findall(r">([^<]+)</text>", svg) == ["1", "−1", "0"]
    assert {"fill:#8c3f04", "fill:#08519c"} <= set(re.findall(r"fill:#\w+", svg))  # 1 and −1, at the ends


def test_shaded_black_stays_black_on_a_dark_page():
    svg = plots.matrix([[0.0]], shade="grey", annotate=False, alt="A black cell.").svg()
    assert "fill:#010101" in svg


def test_numbers_on_shaded_cells_can_be_read():
    for shade in ("grey", "signed"):
        values = np.linspace(0 if shade == "grey" else -1, 1, 41)[None]
        colours = plots.cells._colours(values, shade)[0]
        for colour in colours:
            background = "#" + "".join(f"{round(channel * 255):02x}" for channel in colour[:3])
            assert contrast(plots.cells._readable_on(colour), background) >= 4


def test_matrices_check_their_lists():
    with pytest.raises(ValueError, match="symbols: expected 1"):
        plots.matrices([[[1]], [[2]]], symbols=["=", "="], alt="Two numbers.")
    with pytest.raises(ValueError, match=r"lies outside .* \(2, 2\)"):
        plots.matrix([[1, 2], [3, 4]], highlight=(1, 1, 2, 2), alt="Four numbers.")
    with pytest.raises(ValueError, match=r"\(H, W\), got \(3,\)"):
        plots.matrix([1, 2, 3], alt="A row.")


def test_ipython_shows_html_alone_even_with_the_inline_backend(monkeypatch):
    shell = start_ipython()
    from IPython.core.pylabtools import select_figure_formats

    select_figure_formats(shell, {"png"})  # what `%matplotlib inline` does
    sent = []
    monkeypatch.setattr(shell.display_pub, "publish", lambda data, *_, **__: sent.append(data))
    fig = curve()
    data, _ = shell.display_formatter.format(fig)
    assert data == {}  # nothing besides what the figure has sent itself
    (shown,) = sent
    assert set(shown) == {"text/html", "text/plain"}
    assert shown["text/html"].startswith('<figure class="cnnlab-figure"')
    assert shown["text/plain"] == fig.alt
