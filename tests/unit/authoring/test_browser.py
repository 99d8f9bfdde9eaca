"""Which browser the tests of the site take, and what is said where there is none."""

from types import SimpleNamespace

import pytest

from authoring import browser


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with no browser; each `put` installs one."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(browser.CHOSEN, raising=False)
    playwright = SimpleNamespace(chromium=SimpleNamespace(executable_path=str(tmp_path / "own" / "chrome")))

    def put(name):
        program = tmp_path / name
        program.parent.mkdir(exist_ok=True)
        program.touch(mode=0o755)
        return program

    return SimpleNamespace(put=put, find=lambda: browser.find(playwright))


def test_the_chosen_browser_comes_first_then_playwrights_then_the_systems(machine, monkeypatch):
    assert machine.find() is None
    chrome = machine.put("google-chrome")
    assert machine.find() == chrome
    chromium = machine.put("chromium")
    assert machine.find() == chromium
    own = machine.put("own/chrome")
    assert machine.find() == own
    monkeypatch.setenv(browser.CHOSEN, str(chrome))
    assert machine.find() == chrome


def test_nothing_is_installed_where_a_browser_is_found(machine, monkeypatch, capsys):
    monkeypatch.setattr(browser, "_find", lambda: machine.put("chromium"))
    monkeypatch.setattr(browser, "_install", lambda: pytest.fail("it installs another one"))
    assert browser.main() == 0
    assert "chromium" in capsys.readouterr().out


def test_without_a_browser_it_says_what_to_do(monkeypatch, capsys):
    monkeypatch.setattr(browser, "_find", lambda: None)
    tried = []
    monkeypatch.setattr(browser, "_install", lambda: tried.append(True))
    assert browser.main() == 1
    assert tried
    assert "make browser" in capsys.readouterr().err
