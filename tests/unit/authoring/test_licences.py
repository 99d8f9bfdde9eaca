"""Licences: each file of the site has an owner; a stranger, or a font without a licence, is named."""

import shutil

import pytest

from authoring import book, licences


@pytest.fixture
def site(tmp_path):
    """A site of one page, a part from npm and a part that a theme brings."""
    package = tmp_path / "node_modules" / "part"
    package.mkdir(parents=True)
    (package / "part.js").write_text("part()")
    (package / "LICENSE").write_text("You may.")
    (package / "package.json").write_text('{"name": "part", "version": "1.0", "license": "MIT"}')
    (tmp_path / "package.json").write_text('{"dependencies": {"part": "1.0"}}')
    (tmp_path / "_config.yml").write_text("title: A small book\n")
    data = "lessons_src/cnnlab/_data"
    shutil.copytree(book.ROOT / data, tmp_path / data)
    made = tmp_path / "html"
    (made / "_static").mkdir(parents=True)
    (made / "index.html").write_text("<p>Ours.</p>")
    (made / "_static" / "renamed.js").write_text("part()")
    (made / "_static" / "basic.css").write_text("p {}")
    return made


def unknown(site):
    return [fault for fault in licences.faults(site, site.parent) if "no longer in the site" not in fault]


def test_what_is_known_is_no_fault(site):
    assert unknown(site) == []


@pytest.mark.parametrize("name", ["_static/new.js", "lib/engine.wasm", "_static/look.css", "fonts/a.woff2"])
def test_a_file_that_nobody_knows_is_named(site, name):
    (site / name).parent.mkdir(exist_ok=True)
    (site / name).write_text("from somewhere")
    assert unknown(site) == [f"{name}: nobody says whose file this is; name it in authoring/licences.yml"]


def test_a_part_without_a_licence_is_named(site):
    package = site.parent / "node_modules" / "part"
    (package / "package.json").write_text('{"name": "part", "version": "1.0"}')
    (package / "LICENSE").unlink()
    assert unknown(site) == ["part: the package names no licence", "part: the package has no licence's text"]


def test_a_font_of_a_theme_needs_an_entry_of_its_own(site, monkeypatch):
    monkeypatch.setitem(licences.listed()["written"], "_static/a.woff2", "Sphinx")
    (site / "_static" / "a.woff2").write_text("letters")
    assert unknown(site) == ["_static/a.woff2: a font; name its licence in authoring/licences.yml"]


def test_an_entry_whose_files_are_gone_is_named(site):
    said = "authoring/licences.yml: clipboard.js is no longer in the site"
    assert said in licences.faults(site, site.parent)


def test_jupyterlites_entry_is_asked_for_only_where_jupyterlite_is(site):
    def said():
        return any("in JupyterLite is no longer" in fault for fault in licences.faults(site, site.parent))

    assert not said()
    (site / "lite").mkdir()
    assert said()


def test_the_list_has_names_versions_and_whole_texts(site):
    licences.write(site, site.parent)
    text = (site / licences.NAME).read_text(encoding="utf8")
    assert "- part 1.0 (npm): MIT; 1 file\n" in text
    assert "\npart: LICENSE\n" in text
    assert "You may." in text
    assert text.count("Permission is hereby granted") >= 2  # those of the images


def test_every_set_of_images_has_its_licence():
    data = book.ROOT / "lessons_src" / "cnnlab" / "_data"
    assert {path.name for path in data.glob("*.npz")} == set(licences.listed()["images"])
    assert all((data / entry["text"]).exists() for entry in licences.listed()["images"].values())


def test_the_readme_names_the_list():
    assert licences.NAME in (book.ROOT / "README.md").read_text(encoding="utf8")
