"""ConvArithmetic in a real browser: its numbers against cnnlab.count and PyTorch, and all ways to move it."""

import random
import re
from pathlib import Path

import pytest
import torch

from cnnlab import count
from cnnlab.widgets import ConvArithmetic
from cnnlab.widgets.conv_arithmetic import CONTROLS, RANGES

pytestmark = pytest.mark.slow

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
IN_MODULE = """async ([source, work, cases, more]) => {
    const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    return cases.map((settings) => module[work](settings, more));
}"""


def compute(page, name, cases, more=None):
    return page.evaluate(IN_MODULE, [ConvArithmetic._esm, name, cases, more])


def some_settings(number, seed, **limits):
    """Settings of all sizes: small images, where much is impossible, as often as large ones."""
    draw = random.Random(seed)  # noqa: S311 - no secrets here

    def one(name):
        low, high = RANGES[name]
        return draw.randint(low, draw.choice([min(high, limits.get(name, high)), min(high, 12)]))

    return [{name: one(name) for name in RANGES} for _ in range(number)]


def by_pytorch(size, in_channels, **settings):
    """Output shape, parameters and bytes on the meta device; None where PyTorch refuses."""
    layer = torch.nn.Conv2d(in_channels, **settings, device="meta")
    try:
        output = layer(torch.empty(1, in_channels, size, size, device="meta"))
    except RuntimeError as error:
        if "Kernel size can't be greater" not in str(error):
            raise
        return None
    params = sum(parameter.numel() for parameter in layer.parameters())
    return tuple(output.shape), params, output.numel() * output.element_size()


def by_count(size, in_channels, out_channels, kernel_size, **settings):
    try:
        output = count.conv2d_output_size(size, kernel_size, **settings)
    except ValueError:
        return None
    return {
        "output": output,
        "params": count.conv2d_params(in_channels, out_channels, kernel_size),
        "paramsWithoutBias": count.conv2d_params(in_channels, out_channels, kernel_size, bias=False),
        "macs": count.conv2d_macs(in_channels, out_channels, kernel_size, output),
    }


def test_500_settings_agree_with_count_and_pytorch(open_page):
    cases = some_settings(500, seed=0)
    page = open_page(ConvArithmetic())
    problems = compute(page, "problem", cases, CONTROLS)
    floors = impossible = 0
    for settings, computed, problem in zip(cases, compute(page, "layer", cases), problems, strict=True):
        by_formula, by_torch = by_count(**settings), by_pytorch(**settings)
        assert (by_formula is None) == (by_torch is None) == (not computed["fits"]) == (problem != ""), (
            settings
        )
        if not computed["fits"]:
            impossible += 1
            assert set(computed) == {"fits", "span", "padded"}
            continue
        floors += computed["rest"] > 0
        assert {name: computed[name] for name in by_formula} == by_formula, settings
        output = computed["output"]
        shape = (1, settings["out_channels"], output, output)
        assert (shape, computed["params"], computed["activationBytes"]) == by_torch, settings
    assert impossible > 50
    assert floors > 100


def test_pixels_never_looked_at_have_no_gradient(open_page):
    cases = some_settings(150, seed=1, size=24)
    page = open_page(ConvArithmetic())
    for settings, computed in zip(cases, compute(page, "layer", cases), strict=True):
        if not computed["fits"] or settings["size"] > 24:
            continue
        shape = {name: settings[name] for name in ("stride", "padding", "dilation")}
        image = torch.zeros(1, 1, settings["size"], settings["size"], requires_grad=True)
        kernel = torch.ones(1, 1, settings["kernel_size"], settings["kernel_size"])
        torch.nn.functional.conv2d(image, kernel, **shape).sum().backward()
        assert computed["unseen"] == int((image.grad == 0).sum()), settings


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"stride": 9}, "Stride S: give a whole number from 1 to 8."),
        ({"stride": 0}, "Stride S: give a whole number from 1 to 8."),
        ({"size": 2.5}, "Input H = W: give a whole number from 1 to 512."),
        ({"size": None}, "Input H = W: give a whole number from 1 to 512."),
        ({"padding": "1"}, "Padding P: give a whole number from 0 to 15."),
        ({"size": 2}, "spans 3 pixels, but the input is only 2 wide"),
    ],
)
def test_what_is_wrong_is_said(open_page, change, message):
    settings = {"size": 28, "kernel_size": 3, "stride": 1, "padding": 0, "dilation": 1, "in_channels": 1}
    (said,) = compute(
        open_page(ConvArithmetic()), "problem", [settings | {"out_channels": 1} | change], CONTROLS
    )
    assert message in said


def field(page, name):
    return page.locator(f"input[name={name}]")


def result(page, what):
    return page.locator("dl > div", has=page.locator("dt", has_text=what)).locator("dd").inner_text()


def last_number(text):
    return int(re.search(r"= ([\d,]+)(?: \(| bytes|$)", " ".join(text.split()))[1].replace(",", ""))


def test_the_inputs_show_what_is_computed(open_page):
    page = open_page(ConvArithmetic())
    for settings in some_settings(30, seed=2):
        for name, value in settings.items():
            field(page, name).fill(str(value))
        expected = by_count(**settings)
        text = page.locator(".cnn-arithmetic").inner_text()
        assert not re.search("NaN|undefined|null|Infinity", text), settings
        if expected is None:
            assert "The kernel spans" in page.locator(".cnn-wrong").inner_text()
            assert result(page, "Parameters") == "—"
            assert page.get_by_text("No output").is_visible()
            continue
        output = expected["output"]
        assert page.locator(".cnn-wrong").count() == 0
        assert last_number(result(page, "Output height")) == output
        assert last_number(result(page, "Parameters")) == expected["params"]
        assert last_number(result(page, "MACs")) == expected["macs"]
        assert last_number(result(page, "Activation")) == 4 * settings["out_channels"] * output**2
        assert page.locator(".cnn-title").nth(1).inner_text() == f"Output {output} × {output}"
    assert page.problems == []


def test_the_floor_is_shown(open_page):
    page = open_page(ConvArithmetic(size=27, kernel_size=2, stride=2))
    formula = " ".join(result(page, "Output height").split())
    assert formula == "⌊(27 + 2·0 − 1·(2 − 1) − 1) / 2⌋ + 1 = ⌊25 / 2⌋ + 1 = 13"
    message = page.locator(".cnn-message")
    assert "the last row and the last column of the input outside every window" in message.inner_text()
    assert "53 of 729 input pixels are never looked at" in message.inner_text()
    field(page, "size").press("ArrowUp")
    assert message.inner_text() == "Every pixel of the input is looked at."


def test_arrow_keys_move_the_window_and_say_where_it_looks(open_page):
    page = open_page(ConvArithmetic(size=6, kernel_size=3, padding=1, stride=2))
    caption, words = page.locator(".cnn-caption"), page.locator("[aria-live=polite]")
    assert words.text_content() == ""
    page.get_by_role("application", name="Output 3 × 3").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    said = "Output row 2, column 2 looks at rows 2 to 4 and columns 2 to 4 of the input."
    assert caption.inner_text().strip() == said
    assert words.text_content() == said
    page.keyboard.press("Control+Home")
    corner = (
        "Output row 1, column 1 looks at rows 1 to 2 and columns 1 to 2 of the input. "
        "5 of its 9 pixels are padding."
    )
    assert words.text_content() == corner
    page.keyboard.press("ArrowUp")  # nothing is above: it stays
    assert words.text_content() == corner
    page.keyboard.press("Control+End")
    assert words.text_content().startswith("Output row 3, column 3 looks at rows 4 to 6 and")
    assert page.locator("svg[aria-label*='Output row 3, column 3']").count() == 1


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"size": 9, "kernel_size": 3, "dilation": 2}, "rows 1, 3 and 5 and columns 1, 3 and 5"),
        ({"size": 9, "kernel_size": 2, "dilation": 2}, "rows 1 and 3 and columns 1 and 3"),
        ({"size": 20, "kernel_size": 5, "dilation": 3}, "rows 1, 4, 7 … 13 and"),
        ({"size": 3, "kernel_size": 1}, "row 1 and column 1 of"),
        ({"size": 3, "kernel_size": 1, "padding": 2}, "looks at padding alone."),
    ],
)
def test_what_a_window_looks_at_in_words(open_page, settings, said):
    assert said in open_page(ConvArithmetic(**settings)).locator(".cnn-caption").inner_text()


def test_the_pointer_chooses_an_output(open_page):
    page = open_page(ConvArithmetic(size=10, kernel_size=3))
    box = page.locator(".cnn-board").bounding_box()
    pixel = box["width"] / 10.6  # the drawings share a scale: 10 pixels and two edges
    page.mouse.move(box["x"] + pixel * (0.3 + 4.5), box["y"] + pixel * (0.3 + 2.5))
    assert (
        page.locator(".cnn-caption")
        .inner_text()
        .startswith("Output row 3, column 5 looks at rows 3 to 5 and")
    )
    page.mouse.move(box["x"] + pixel * 9.5, box["y"] + pixel * 9.5)  # beside the output
    assert page.locator(".cnn-caption").inner_text().startswith("Output row 3, column 5")


def test_a_large_input_is_drawn_in_part_and_the_picture_follows(open_page):
    page = open_page(ConvArithmetic(size=224, kernel_size=11, stride=4, padding=2))
    caption = page.locator(".cnn-caption")
    assert "Drawn here: rows 1 to 30 and columns 1 to 30 of 224." in caption.inner_text()
    page.locator(".cnn-board").focus()
    page.keyboard.press("Control+End")
    assert "Output row 55, column 55 looks at rows 215 to 224" in caption.inner_text()
    assert re.search(r"Drawn here: rows \d+ to 224 and columns \d+ to 224 of 224", caption.inner_text())
    field(page, "size").fill("32")
    assert "Drawn" not in caption.inner_text()


def test_what_is_typed_wrong_is_said_and_mended(open_page):
    page = open_page(ConvArithmetic())
    stride, message = field(page, "stride"), page.locator(".cnn-message")
    for typed, mended in [("99", "8"), ("", "8"), ("0", "1"), ("-3", "1"), ("2.4", "2")]:
        stride.fill(typed)
        assert message.inner_text() == "Stride S: give a whole number from 1 to 8."
        assert stride.get_attribute("aria-invalid") == "true"
        assert result(page, "MACs") == "—"
        stride.blur()
        assert stride.input_value() == mended
        assert stride.get_attribute("aria-invalid") == "false"
        assert page.locator(".cnn-wrong").count() == 0
    assert page.problems == []


def test_steppers_stop_at_the_ends(open_page):
    page = open_page(ConvArithmetic(stride=7))
    more, less = (page.get_by_role("button", name=f"{verb} Stride S") for verb in ("Increase", "Decrease"))
    more.click()
    assert field(page, "stride").input_value() == "8"
    assert more.is_disabled()
    less.click()
    assert field(page, "stride").input_value() == "7"
    assert field(page, "padding").input_value() == "0"
    assert page.get_by_role("button", name="Decrease Padding P").is_disabled()


def test_play_fills_the_output_and_stops(open_page):
    page = open_page(ConvArithmetic(size=3, kernel_size=2))
    page.clock.install()
    page.get_by_role("button", name="Play").click()
    page.clock.run_for(2000)
    assert page.locator(".cnn-caption").inner_text().startswith("Output row 2, column 2")
    assert page.get_by_role("button", name="Play").count() == 1
    assert page.locator("[aria-live]").text_content() == ""


def test_with_reduced_motion_each_press_is_a_step(open_page):
    page = open_page(ConvArithmetic(size=3, kernel_size=2), reduced_motion="reduce")
    for place in ("1, column 2", "2, column 1", "2, column 2", "1, column 1"):
        page.get_by_role("button", name="Next step").click()
        assert page.locator(".cnn-caption").inner_text().startswith(f"Output row {place}")


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_nothing_jumps_and_nothing_is_too_wide(open_page, width):
    page = open_page(ConvArithmetic(), viewport={"width": width, "height": 800})

    def layout():
        return page.evaluate("""[...document.querySelectorAll('.after, input, dt, svg, .cnn-play')]
            .map(n => Math.round(n.getBoundingClientRect().top + scrollY))""")

    before = layout()
    largest = {name: high for name, (_, high) in RANGES.items()}
    extremes = [
        *(({name: value}) for name, ends in RANGES.items() for value in ends),
        largest,
        largest | {"stride": 7, "kernel_size": 14},
        {"size": 500, "stride": 8, "kernel_size": 7, "padding": 15, "dilation": 1},
        {"size": 1, "padding": 3, "kernel_size": 15, "dilation": 6},
        {"size": 512, "stride": 8, "kernel_size": 2, "padding": 15, "dilation": 6},
    ]
    for settings in extremes:
        for name, value in settings.items():
            field(page, name).fill(str(value))
        page.locator(".cnn-board").press("Control+End")
        assert layout() == before, settings
        assert page.evaluate("document.documentElement.scrollWidth") <= width, settings


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(open_page, theme):
    page = open_page(ConvArithmetic(size=27, kernel_size=2, stride=2), ConvArithmetic())
    field(page, "size").first.fill("1")
    page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "axe.run().then((result) => result.violations.map((v) => [v.id, v.nodes.map((n) => n.html)]))"
    )
    assert found == []


def test_without_javascript_the_numbers_stand(browser, write_page):
    widget = ConvArithmetic(size=27, kernel_size=2, stride=2)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(write_page(widget).as_uri())
    assert page.get_by_text("8 × 13 × 13").is_visible()
    assert page.get_by_role("img", name="The window at its first place on an input of 27 × 27").is_visible()
    context.close()
