"""Browser parts: taken when they are there; when they are not and npm fails, the message says what to do."""

import pytest

from authoring import npm

LOCK = """\
{"name": "x", "lockfileVersion": 3, "requires": true, "packages": {
  "": {"name": "x", "dependencies": {"mathjax": "3.2.2"}},
  "node_modules/mathjax": {"version": "3.2.2", "integrity": "sha512-AAAA"}}}
"""


@pytest.fixture
def root(tmp_path):
    (tmp_path / "package.json").write_text('{"name": "x", "dependencies": {"mathjax": "3.2.2"}}')
    (tmp_path / "package-lock.json").write_text(LOCK)
    return tmp_path


def test_parts_of_this_lock_are_not_fetched_again(root, monkeypatch):
    (root / "node_modules").mkdir()
    (root / "node_modules" / ".fetched").write_text(LOCK)
    monkeypatch.setattr(npm.subprocess, "run", None)
    assert npm.ensure(root) == root / "node_modules"


@pytest.mark.parametrize("fetched", [None, "an older lock"])
def test_without_a_network_the_message_says_what_to_do(root, fetched, monkeypatch):
    if fetched:
        (root / "node_modules").mkdir()
        (root / "node_modules" / ".fetched").write_text(fetched)
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")  # the discard port: nobody answers
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    monkeypatch.setenv("npm_config_cache", str(root / "cache"))
    with pytest.raises(npm.BrowserPartsError) as error:
        npm.ensure(root)
    message = str(error.value)
    assert str(root / "node_modules") in message
    assert "Connect to a network" in message
    assert "copy node_modules" in message
    assert "ECONNREFUSED" in message  # what npm itself said
