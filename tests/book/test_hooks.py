"""What meets a contributor: hooks before a commit, forms for issues, a list for a pull request."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from authoring import book

FORMS = sorted((book.ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
CONFIG = book.ROOT / ".pre-commit-config.yaml"
REPOS = yaml.safe_load(CONFIG.read_text(encoding="utf8"))["repos"]
HOOKS = [hook for repo in REPOS for hook in repo["hooks"]]


@pytest.fixture
def hook(tmp_path):
    """Run a hook in a small checkout that has an environment."""
    env = os.environ | {"PRE_COMMIT_HOME": str(tmp_path / "kept"), "GIT_CEILING_DIRECTORIES": str(tmp_path)}
    root = tmp_path / "checkout"
    root.mkdir()
    (root / ".venv").symlink_to(sys.prefix)
    (root / CONFIG.name).write_text(CONFIG.read_text(encoding="utf8"), encoding="utf8")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)

    def run(name, file, text):
        (root / file).write_text(text, encoding="utf8")
        subprocess.run(["git", "add", CONFIG.name, file], cwd=root, check=True)
        command = [sys.executable, "-m", "pre_commit", "run", name, "--files", file]
        done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, (root / file).read_text(encoding="utf8")

    return run


def test_nothing_is_fetched_for_the_hooks():
    assert {repo["repo"] for repo in REPOS} == {"local"}
    assert all(hook["language"] == "system" and hook["entry"].startswith(".venv/bin/") for hook in HOOKS)


@pytest.mark.parametrize("hook_", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_is_a_command_of_the_makefile(hook_):
    command = re.sub(r" --(fix|force-exclude)", "", hook_["entry"].removeprefix(".venv/bin/"))
    assert f"$(BIN)/{command}" in (book.ROOT / "Makefile").read_text(encoding="utf8")


def test_the_hooks_pass_a_sound_file_and_mend_another(hook):
    code, said, _ = hook("ruff-format", "sound.py", "x = 1\n")
    assert (code, "Passed" in said) == (0, True), said
    code, said, text = hook("ruff-format", "crooked.py", "x  =  1\n")
    assert (code, text) == (1, "x = 1\n"), said


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_for_issues_is_short_and_whole(path):
    form = yaml.safe_load(path.read_text(encoding="utf8"))
    assert {"name", "description", "labels", "body"} == form.keys()
    fields = [item for item in form["body"] if item["type"] != "markdown"]
    assert 1 <= len(fields) <= 3
    assert all(item["type"] in {"input", "textarea"} and item["attributes"]["label"] for item in fields)
    assert len({item["id"] for item in fields}) == len(fields)


def test_the_list_for_a_pull_request_names_tasks_that_exist():
    text = Path(book.ROOT, ".github", "PULL_REQUEST_TEMPLATE.md").read_text(encoding="utf8")
    makefile = (book.ROOT / "Makefile").read_text(encoding="utf8")
    for task in re.findall(r"`make ([\w-]+)", text):
        assert f"\n{task}:" in makefile
