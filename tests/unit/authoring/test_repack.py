"""A wheel made again from what is installed: whole, the same each time, and for any Python."""

import base64
import csv
import hashlib
import os
import subprocess
import sys
from zipfile import ZipFile

import pytest

from authoring.repack import repack


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Of a package whose modules are compiled here."""
    return repack("psygnal", tmp_path_factory.mktemp("wheel"))


def test_its_record_names_every_file_and_its_content(wheel):
    with ZipFile(wheel) as packed:
        (record,) = (name for name in packed.namelist() if name.endswith(".dist-info/RECORD"))
        rows = list(csv.reader(packed.read(record).decode().splitlines()))
        assert {name for name, _, _ in rows} == set(packed.namelist())
        for name, digest, size in rows:
            content = packed.read(name)
            sha = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
            assert name == record or (digest, int(size)) == (f"sha256={sha}", len(content))


def test_it_runs_without_what_was_compiled(wheel):
    with ZipFile(wheel) as packed:
        assert not [name for name in packed.namelist() if name.endswith((".so", ".pyd", ".pyc"))]
    program = "import psygnal; psygnal.SignalInstance((int,)).emit(1); print(psygnal.__file__)"
    run = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | {"PYTHONPATH": str(wheel)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stdout.startswith(str(wheel))


def test_the_same_files_give_the_same_wheel(wheel, tmp_path):
    assert repack("psygnal", tmp_path).read_bytes() == wheel.read_bytes()


def test_what_is_compiled_and_has_no_source_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"numpy: .* has no source in Python"):
        repack("numpy", tmp_path)
