"""Definitions in a real browser: by pointer and by keyboard, folded away by Escape, never off the screen."""

import pytest

from tests.site import looks

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lesson(new_visit):
    opened = new_visit("book/layers/pooling")
    yield opened
    opened.close()


@pytest.fixture
def term(lesson):
    """The lesson's first term: its word and its definition, at rest."""
    lesson.mouse.move(0, 0)
    lesson.evaluate("document.activeElement.blur()")
    return lesson.locator(".term-word").first, lesson.locator(".term-tip").first


def test_a_definition_unfolds_for_the_pointer_and_stays_while_it_is_read(lesson, term):
    word, definition = term
    assert not definition.is_visible()
    word.hover()
    assert definition.is_visible()
    definition.hover()
    assert definition.is_visible()
    lesson.mouse.move(0, 0)
    assert not definition.is_visible()


def test_a_definition_unfolds_for_the_keyboard(lesson, term):
    word, definition = term
    word.focus()
    assert definition.is_visible()
    assert word.get_attribute("aria-describedby") == definition.get_attribute("id")
    lesson.keyboard.press("Tab")
    assert not definition.is_visible()


@pytest.mark.parametrize("reach", ["hover", "focus"])
def test_escape_folds_a_definition_away_until_one_comes_back(lesson, term, reach):
    word, definition = term
    getattr(word, reach)()
    lesson.keyboard.press("Escape")
    assert not definition.is_visible()
    lesson.mouse.move(0, 0)
    word.blur()
    getattr(word, reach)()
    assert definition.is_visible()


@pytest.mark.usefixtures("term")  # nothing has the focus yet, so that it scrolls
def test_on_a_telephone_no_definition_leaves_the_screen_or_is_cut_off(lesson):
    with looks.narrow(lesson):
        for word in lesson.locator(".term-word").all():
            word.focus()
            lesson.wait_for_function(  # the page may still be scrolling to the word
                """word => {
                    const { left, right, top, bottom } = word.nextElementSibling.getBoundingClientRect();
                    const inside = (x, y) => document.elementFromPoint(x, y)?.closest(".term-tip");
                    return left >= 0 && right <= innerWidth && bottom > top
                        && Boolean(inside(left + 4, top + 4)) && Boolean(inside(right - 4, top + 4));
                }""",
                arg=word.element_handle(),
            )
