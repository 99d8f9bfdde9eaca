"""Every widget of every built page, moved by keyboard: what it shows is what Python drew or computed."""

import pytest

from authoring import book
from cnnlab.widgets import AtlasExplorer, ConvArithmetic, GuessCurve, HeadCalculator, explore
from tests.site import moving

pytestmark = pytest.mark.slow


def found():
    """Find the widgets of the built site by its pages: (page, place on the page)."""
    files = {name: book.ROOT / "_build" / "html" / f"{name}.html" for name in book.pages()}
    texts = {name: file.read_text(encoding="utf8") for name, file in files.items() if file.exists()}
    return [(name, number) for name, text in texts.items() for number, _ in enumerate(moving.states(text))]


@pytest.fixture(scope="module")
def page_of(new_visit, site):
    """Open each page once for all of its widgets: the page, and their states."""
    opened = {}

    def page_of_(name, **viewport):
        key = (name, *viewport.values())
        if key not in opened:
            opened[key] = new_visit(name, viewport=viewport)
        return opened[key], moving.states((site / f"{name}.html").read_text(encoding="utf8"))

    return page_of_


def test_the_site_has_widgets(site):
    assert found()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(("name", "number"), found())
def test_it_shows_what_belongs_to_each_value(page_of, name, number, width):
    page, states = page_of(name, width=width, height=800)
    assert list(moving.faults(moving.widget(page, number, states[number]))) == []
    assert page.problems == []


# Planted faults.


def faults_of(page, widget):
    return list(moving.faults(moving.widget(page, 0, widget.get_state())))


def numbers(n, big):
    return f"<p>{2 * n if big else n}</p>"


@pytest.fixture
def table():
    return explore(numbers, n=[1, 2, 3, 5], big=[False, True], start={"n": 2})


def with_script(widget, old, new):
    """Break the JavaScript that the widget brings."""
    assert widget._esm.count(old) == 1
    widget._esm = widget._esm.replace(old, new)
    return widget


def test_sound_widgets_have_no_faults(open_page, table, atlas_table, guess):
    calculators = ConvArithmetic(size=27, kernel_size=2, stride=2), HeadCalculator()
    for widget in (table, *calculators, AtlasExplorer(atlas_table), guess):
        assert faults_of(open_page(widget), widget) == []


def test_a_slider_that_moves_nothing_is_noticed(open_page, table):
    page = open_page(with_script(table, "stage.innerHTML = frames", "stage.innerHTML ||= frames"))
    assert "n=5, big=False: the frame is <p>2</p>, not <p>5</p>" in faults_of(page, table)


def test_a_slider_that_never_listens_is_noticed(open_page, table):
    page = open_page(with_script(table, '"input", () => choose(Number(input.value))', '"input", () => {}'))
    assert "n=5, big=False: the frame is <p>2</p>, not <p>5</p>" in faults_of(page, table)


def test_a_drawing_that_ignores_a_control_is_noticed(open_page):
    ignores = explore(lambda n, big: f"<p>{n}</p>", n=[1, 2], big=[False, True])
    assert faults_of(open_page(ignores), ignores) == ["big changes nothing"]


def test_a_frame_of_another_value_is_noticed(open_page, table):
    page = open_page(table)
    table.order = table.order[::-1]  # what belongs to a value is something else than the page has
    assert "n=1, big=False: the frame is <p>1</p>, not <p>10</p>" in faults_of(page, table)


def test_a_jump_is_noticed(open_page):
    grows = explore(lambda rows: rows * "<p>Row.</p>", rows=[1, 2, 3])
    page = open_page(with_script(grows, "stage.style.minHeight = `${tallest}px`;", ""))
    assert any("rows=3: the page jumps" in fault for fault in faults_of(page, grows))


def test_a_wrong_formula_is_noticed(open_page):
    wrong = with_script(ConvArithmetic(), "Math.floor(slack / stride) + 1", "Math.floor(slack / stride)")
    said = faults_of(open_page(wrong), wrong)
    assert any(fault.endswith("the label is Output 509 × 509, not Output 510 × 510") for fault in said)


def test_a_wrong_count_of_a_head_is_noticed(open_page):
    wrong = with_script(HeadCalculator(), "(bias ? output : 0)", "(bias ? 1 : 0)")
    said = faults_of(open_page(wrong), wrong)
    assert any(
        fault.startswith("height=1, width=7, channels=256,") and "the rows is" in fault for fault in said
    )


def test_a_curve_of_another_setting_is_noticed(open_page, atlas_table):
    explorer = AtlasExplorer(atlas_table)
    wrong = with_script(explorer, "cell[name] === setting[name]", "cell[name] <= setting[name]")
    said = faults_of(open_page(wrong), wrong)
    assert any("train_size=4500," in fault and "the label is" in fault for fault in said)


@pytest.fixture
def guess():
    return GuessCurve([1, 2, 3], [0.2, 0.6, 0.8], xlabel="neurons", ylabel="accuracy")


def test_a_wrong_distance_is_noticed(open_page, guess):
    wrong = with_script(guess, "sum + distance, 0) / apart.length", "sum + distance, 0)")
    said = faults_of(open_page(wrong), wrong)
    assert any("the sentence is On average your curve is 70.0 points" in fault for fault in said)


def test_values_that_show_too_early_are_noticed(open_page, guess):
    wrong = with_script(guess, "state.revealed ? `${guess} Measured", "true ? `${guess} Measured")
    said = faults_of(open_page(wrong), wrong)
    assert any(fault.startswith("point1=0") and "the label is" in fault for fault in said)


def test_a_widget_that_no_test_knows_is_noticed(open_page, table):
    with pytest.raises(LookupError, match="a FloatSlider is on the page"):
        moving.widget(open_page(table), 0, {"_anywidget_id": "somebody.FloatSlider"})
