"""Taking in: whatever comes, a line for each file, and answers where they belong."""

import io
import json
import os
import resource
import shutil
import stat
import sys
import zipfile

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading import harmless, submissions
from grading.answers import Unreadable, fill, read
from grading.course import Course
from grading.intake import intake
from grading.submissions import Refused, look, whose
from tests.teaching import made


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = Course(made.course(tmp_path_factory.mktemp("intake") / "course"))
    course.prepare(made.NAME)
    return course


@pytest.fixture
def release(course):
    return course.release(made.NAME)


def taken(release, notebook):
    filled = fill(release, read(json.dumps(notebook).encode()))
    return {cell.get("id"): cell.source for cell in filled.notebook.cells}, filled


def told(course, download):
    return {line.file: (line.level, line.text) for line in intake(course, made.NAME, download)}


@pytest.mark.parametrize("kept", ["everything", "no labels", "no ids", "nothing"])
def test_answers_are_found(release, kept):
    notebook = made.answered(release, {"size": "size = 23"})
    for cell in notebook.cells:
        if kept in {"no labels", "nothing"}:
            cell.metadata.clear()
        if kept in {"no ids", "nothing"}:
            cell.pop("id")
    cells, filled = taken(release, notebook)
    assert {name: cells[name] for name in made.RIGHT} == made.RIGHT | {"size": "size = 23"}
    assert filled.answered == 4
    assert bool(filled.doubts) == (kept in {"no labels", "nothing"})


def test_only_answers_come_in(release):
    notebook = made.answered(release, {})
    for cell in notebook.cells:
        if cell.id not in made.RIGHT:
            cell.source = "hostile"
            cell.metadata["tags"] = ["hostile"]
    notebook.metadata["kernelspec"] = {"name": "hostile"}
    _, filled = taken(release, notebook)
    assert {cell.source for cell in filled.notebook.cells if "hostile" in cell.source} == set()
    assert "hostile" not in json.dumps(filled.notebook.metadata)
    assert len(filled.notes) == 4


def test_cells_that_a_student_added_stay_where_they_were(release):
    notebook = made.answered(release, {})
    place = [cell.id for cell in notebook.cells].index("relu")
    notebook.cells.insert(place, nbformat.v4.new_code_cell("helper = 1"))
    _, filled = taken(release, notebook)
    sources = [cell.source for cell in filled.notebook.cells]
    assert sources.index("helper = 1") < sources.index(made.RIGHT["relu"])
    assert sources.index("helper = 1") > sources.index(made.RIGHT["size"])


def test_ways_to_the_tests_are_told(release):
    _, filled = taken(release, made.answered(release, {"size": "import ctypes, gc\ngc.get_objects()"}))
    assert filled.doubts == ["an honest answer hardly needs ctypes, gc.get_objects"]


@pytest.mark.parametrize("labels", [True, False])
def test_answers_to_another_classs_numbers_are_told(release, labels):
    notebook = made.answered(release, {})
    for cells, seed in (release.cells, "autumn"), (notebook.cells, "0"):
        next(cell for cell in cells if cell.id == "setup").source = f'mine = draw("class {seed}", student)'
    if not labels:
        for cell in notebook.cells:
            cell.metadata.clear()
            cell.pop("id")
    _, filled = taken(release, notebook)
    assert "answers to other numbers: those of class 0, not of class autumn" in filled.doubts
    assert taken(release, made.answered(release, {}))[1].doubts == []


def test_of_copies_the_last_edited_one_counts(release):
    notebook = made.answered(release, {})
    place = [cell.id for cell in notebook.cells].index("size")
    for text in ("size = 1", "size = 2"):
        notebook.cells.insert(place + 1, notebook.cells[place] | {"source": text})
    cells, filled = taken(release, notebook)
    assert cells["size"] == "size = 1"
    assert filled.doubts == ["the answer size stands there 3 times; the last one counts"]


@pytest.mark.parametrize("kept", ["everything", "no labels"])
def test_another_assignments_notebook_is_not_taken(course, tmp_path, release, kept):
    """What all assignments share, such as the cell for the student's name, makes it none of this one's."""
    other = json.loads(json.dumps(release).replace("counting", "other").replace("Counting", "Other"))
    other = nbformat.from_dict(other)
    for cell in other.cells[2:]:
        cell.source += "\n# Other"
        cell.id = cell.metadata.nbgrader.grade_id = f"other-{cell.id}"
    target = course.notebook("release", "other")
    target.parent.mkdir(parents=True)
    nbformat.write(other, target)
    if kept == "no labels":
        for cell in other.cells:
            cell.metadata.clear()
            cell.pop("id")
    (tmp_path / "fay.ipynb").write_text(json.dumps(other))
    assert told(course, tmp_path)["fay.ipynb"] == ("look", "not read: it looks like other")
    shutil.rmtree(target.parent)
    if kept == "everything":
        why = "not read: most of its cells are another assignment's"
        assert told(course, tmp_path)["fay.ipynb"] == ("look", why)
    assert "fay" not in course.students("submitted", made.NAME)


def test_a_cell_with_another_label_is_no_answer(release):
    notebook = made.answered(release, {})
    cell = next(cell for cell in notebook.cells if cell.id == "size")
    cell.id = cell.metadata.nbgrader.grade_id = "length"
    _, filled = taken(release, notebook)
    assert filled.doubts == ["the answer size is missing"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"{", "no valid JSON"),
        (b"[" * 100_000, "no valid JSON"),
        (b"\xff\xfe\x00", "no valid JSON"),
        (b"1" * 10_000, "no valid JSON"),
        (b"[]", "no notebook"),
        (b'{"cells": [1]}', "no notebook"),
        (b'{"cells": [{"cell_type": "code", "source": [1]}]}', "no notebook"),
        (
            json.dumps({"cells": [{"cell_type": "code", "source": "x" * 3_000_000}]}).encode(),
            "more than 2,000,000",
        ),
    ],
)
def test_what_is_no_notebook_is_said(data, reason):
    with pytest.raises(Unreadable, match=reason):
        read(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["cells", "cell_type", "source", "metadata", "nbgrader", "id"]), inner
        )
    ),
    max_leaves=20,
)


@given(JSON)
@settings(deadline=None)
def test_no_json_does_more_than_be_unreadable(content):
    try:
        cells = read(json.dumps(content).encode())
    except Unreadable:
        return
    assert isinstance(cells, list)


def test_a_download_full_of_tricks(course, tmp_path, release):
    good = json.dumps(made.answered(release, {})).encode()
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr(f"{made.NAME} - Ann.ipynb", good)
    path = tmp_path / "download.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../escape_1_2_x.ipynb", good)
        archive.writestr("/etc/absolute_2_3_x.ipynb", good)
        link = zipfile.ZipInfo("link_3_4_x.ipynb")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("bomb_4_5_x.ipynb", b" " * 50_000_000)
        archive.writestr("photo_5_6_me.png", b"png")
        archive.writestr("inner_6_7_work.zip", inner.getvalue())
        archive.writestr("broken_7_8_work.zip", b"no zip")
        archive.writestr("other_8_9_x.ipynb", json.dumps(nbformat.v4.new_notebook()).encode())
        archive.writestr("old_9_10_x.ipynb", good)
        archive.writestr("old_9_11_x.ipynb", good.replace(b"size = 24", b"size = 25"))
        archive.writestr("fallback_10_12_x.ipynb", good)
        archive.writestr("fallback_10_13_x.ipynb", b"{")
    lines = told(course, path)
    assert lines["../../escape_1_2_x.ipynb"] == ("look", "not read: its path leads out of the zip")
    assert lines["/etc/absolute_2_3_x.ipynb"] == ("look", "not read: its path leads out of the zip")
    assert lines["link_3_4_x.ipynb"] == ("look", "not read: it is a link")
    assert "zip bombs" in lines["bomb_4_5_x.ipynb"][1]
    assert lines["photo_5_6_me.png"] == ("note", "not a notebook; left out")
    assert lines["inner_6_7_work.zip/counting - Ann.ipynb"] == ("ok", "4 answers taken in")
    assert lines["broken_7_8_work.zip"][0] == "look"
    assert lines["other_8_9_x.ipynb"][1] == "not read: none of this assignment's cells are in it"
    assert lines["old_9_10_x.ipynb"] == ("note", "an earlier attempt; not used")
    assert lines["fallback_10_13_x.ipynb"][0] == "look"
    assert lines["fallback_10_12_x.ipynb"] == ("ok", "4 answers taken in")
    newest = course.notebook("submitted", made.NAME, "old_9").read_text()
    assert "size = 25" in newest
    assert set(course.students("submitted", made.NAME)) == {"inner_6", "old_9", "fallback_10"}
    assert not list(tmp_path.rglob("escape*"))


def test_nobody_without_a_notebook_is_forgotten(course, tmp_path, release):
    good = json.dumps(made.answered(release, {})).encode()
    path = tmp_path / "download.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("pia_51_61_counting.pdf", b"pdf")
        archive.writestr("ira_52_62_counting.ipynb", good)
        archive.writestr("ira_52_62_counting.pdf", b"pdf")
        archive.writestr("zoe_53_63_work.zip/.ipynb_checkpoints/counting.ipynb", good)
        archive.writestr("Kim Ro_54_assignsubmission_onlinetext_/onlinetext.html", b"a link")
        archive.writestr("lou/counting/timestamp.txt", b"2026-01-01 10:00:00 UTC")
        archive.writestr("counting.pdf", b"pdf")
        archive.writestr("__MACOSX/._pia_51_61_counting.pdf", b"")
        archive.writestr(".DS_Store", b"")
    looks = {(each.student, each.text) for each in intake(course, made.NAME, path) if each.level == "look"}
    missing = "there is no notebook; nothing of this student is graded"
    nobody = ("", "not a notebook; whose is it? The name of the file does not tell")
    assert looks == {(name, missing) for name in ("pia_51", "zoe_53", "Kim_Ro_54", "lou")} | {nobody}
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "ira_52_69_counting.pdf").write_bytes(b"pdf")
    looks = [each.text for each in intake(course, made.NAME, tmp_path / "later") if each.level == "look"]
    assert looks == ["there is no notebook; what was taken in before stays"]


def test_a_folder_with_links_and_pipes(course, tmp_path, release):
    good = json.dumps(made.answered(release, {})).encode()
    folder = tmp_path / "collected"
    for student in ("bo", "cy"):
        (folder / student / made.NAME).mkdir(parents=True)
    (folder / "bo" / made.NAME / f"{made.NAME}.ipynb").write_bytes(good)
    (folder / "bo" / made.NAME / "timestamp.txt").write_text("2026-01-01 10:00:00 UTC")
    (folder / "cy" / made.NAME / f"{made.NAME}.ipynb").symlink_to(
        folder / "bo" / made.NAME / f"{made.NAME}.ipynb"
    )
    (folder / "dd").symlink_to("/")
    os.mkfifo(folder / "pipe.ipynb")
    lines = told(course, folder)
    assert lines[f"bo/{made.NAME}/{made.NAME}.ipynb"] == ("ok", "4 answers taken in")
    assert lines[f"cy/{made.NAME}/{made.NAME}.ipynb"][1].startswith("not read: it is a link")
    assert lines["dd"][1].startswith("not read: it is a link")
    assert lines["pipe.ipynb"] == ("look", "not read: it is no ordinary file")
    assert "bo" in course.students("submitted", made.NAME)
    assert (course.folder("submitted", made.NAME, "bo") / "timestamp.txt").read_text().startswith("2026")
    assert told(course, folder) == lines


def test_a_file_may_not_be_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(submissions, "LARGEST", 1000)
    (tmp_path / "a.ipynb").write_bytes(b" " * 1001)
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("b.ipynb", b" " * 1001)
    for found in look(tmp_path):
        with pytest.raises(Refused, match="larger"):
            found.read()


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux")
def test_a_file_may_not_take_much_memory(course, tmp_path, release, monkeypatch):
    monkeypatch.setattr(submissions, "ROOM", 150 * 2**20)
    (tmp_path / "bomb.ipynb").write_bytes(b'{"cells": [' + b"{}," * 4_000_000 + b"{}]}")
    large = made.answered(release, {})
    large.cells[1].outputs = [nbformat.v4.new_output("stream", text="printed" * 2_000_000)]
    (tmp_path / "large.ipynb").write_text(json.dumps(large))
    before = resource.getrlimit(resource.RLIMIT_AS)
    lines = told(course, tmp_path)
    assert lines["bomb.ipynb"] == ("look", "not read: the file needs more memory than a notebook may")
    assert lines["large.ipynb"] == ("ok", "4 answers taken in")
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_only_pictures_are_attached():
    picture = {"image/png": "iVBORw0KGgo="}
    given = {"a.png": picture, "b.png": {"image/png": '"onload="x'}, "c": {"text/html": "<b>"}, "d": 1}
    assert harmless.pictures(given) == {"a.png": picture}
    assert harmless.pictures(["a"]) == {}


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("Eve_5_assignsubmission_file_/w.zip/Ann_7_assignsubmission_file_/a.ipynb", "Eve_5"),
        ("eve_5_6_w.zip/Ann_7_assignsubmission_file_/a.ipynb", "eve_5"),
        ("eve_5_6_w.zip/ann_7_8_a.ipynb", "eve_5"),
        ("eve_5_6_ann_7_8_a.ipynb", "eve_5"),
        ("eve+counting+2026-01-01/ann+counting+2026-02-02/a.ipynb", "eve"),
        ("submitted/eve/counting/ann/counting/a.ipynb", "eve"),
        ("eve/counting/ann_7_8_a/counting.ipynb", "eve"),
    ],
)
def test_nobody_hands_in_for_somebody_else(name, student):
    assert whose(name, made.NAME)[0].id == student


def test_two_people_of_one_name_are_looked_at(course, tmp_path, release):
    good = json.dumps(made.answered(release, {}))
    for name in ("Bo Lee", "Bo Lee (1)"):
        (tmp_path / f"Copy of {made.NAME} - {name}.ipynb").write_text(good)
    looks = [line for line in intake(course, made.NAME, tmp_path) if line.level == "look"]
    assert [line.text for line in looks] == [
        "an earlier attempt; not used; is it of somebody else with this name?"
    ]


@given(st.text(max_size=80))
@settings(deadline=None)
def test_no_name_leads_anywhere(name):
    student, _ = whose(name + ".ipynb", made.NAME)
    if student is not None:
        assert "/" not in student.id
        assert not student.id.startswith(".")
        assert student.id
