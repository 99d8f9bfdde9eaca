"""The policy in every page, as a browser keeps it: nothing from elsewhere, and nothing of ours held up."""

import pytest

from authoring import book

ELSEWHERE = "https://elsewhere.example"
TRIED = {
    "fetch": f"fetch('{ELSEWHERE}').catch(() => null)",
    "import": f"import('{ELSEWHERE}').catch(() => null)",
    "beacon": f"navigator.sendBeacon('{ELSEWHERE}')",
    "picture": f"new Image().src = '{ELSEWHERE}'",
    "style": f"""document.head.insertAdjacentHTML('beforeend', '<style>@import "{ELSEWHERE}"</style>')""",
    "frame": f"""document.body.insertAdjacentHTML('beforeend', '<iframe src="{ELSEWHERE}"></iframe>')""",
}

pytestmark = pytest.mark.slow


@pytest.fixture
def lesson(browser, site):
    """A lesson of the built site, opened from the disk."""
    page = browser.new_page()
    page.problems = []
    page.on("console", lambda said: page.problems.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.goto((site / f"{book.lessons()[-1]}.html").as_uri())
    page.wait_for_load_state("networkidle")
    yield page
    page.close()


def test_a_page_from_the_disk_runs_under_the_policy(lesson):
    assert lesson.problems == []


@pytest.mark.parametrize("way", TRIED)
def test_no_way_leads_elsewhere(lesson, way):
    blocked = lesson.evaluate(
        """() => new Promise(resolve => {
            document.addEventListener("securitypolicyviolation", event => resolve(event.blockedURI));
            setTimeout(() => resolve("nothing was blocked"), 5000);
            TRY;
        })""".replace("TRY", TRIED[way])
    )
    assert blocked.startswith(ELSEWHERE)
