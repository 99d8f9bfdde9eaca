"""How tests are dealt out to pytest's workers: what shares something costly stays together."""

import re
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

# Long pieces of work come first and the many short ones last, so that no worker waits for another at the
# end. Kernels come before the browser: once it has started, its event loop would be theirs too.
FIRST = [
    "book/notebooks",
    "tests/teaching",
    "tests/book/test_faults.py",
    "tests/book/test_lite.py",
    "tests/unit",
    "tests/site/test_jupyterlab.py",
    "tests/site/test_lite.py",
    "tests/site/test_widgets.py",
]
LAST = ["tests/site/test_pages.py"]


class Pieces(LoadScopeScheduling):
    """A file is a piece of work, or, where a test's id names one in angle brackets, what bears that name."""

    def _split_scope(self, nodeid):
        file, _, test = nodeid.partition("::")
        named = re.search(r"[\[-]<([^>]+)>[\]-]", test)
        return f"{file}: {named[1]}" if named else file


@pytest.hookimpl(optionalhook=True)  # without xdist there is nothing to deal out
def pytest_xdist_make_scheduler(config, log):
    """Deal out pieces where `--dist loadscope` asks for it."""
    return Pieces(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(config, items):
    """Put the tests in order, and count the book's notebooks as slow."""
    for item in items:
        if item.path.suffix == ".ipynb":
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: _rank(item.path.relative_to(config.rootpath)))


def _rank(path: Path) -> int:
    if str(path) in LAST:
        return len(FIRST) + 1
    return next((n for n, first in enumerate(FIRST) if path.is_relative_to(first)), len(FIRST))
