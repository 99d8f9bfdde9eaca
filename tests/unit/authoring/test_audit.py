"""The audit: nothing found is silent, nothing that was not looked at passes, no explanation is left over."""

from authoring import audit

WEAK = {"name": "thing", "version": "1.0", "vulns": [
    {"id": "PYSEC-1", "aliases": ["GHSA-x"], "fix_versions": ["1.1"], "description": "Bad."}]}  # fmt: skip
SOUND = {"name": "other", "version": "2.0", "vulns": []}
SKIPPED = {"name": "lost", "skip_reason": "not found"}


def said(packages, accepted=()):
    found, unknown = audit.python_findings({"dependencies": packages})
    return list(audit.faults(found, unknown, dict(accepted)))


def test_a_weakness_is_named_with_its_remedy():
    assert said([SOUND, WEAK]) == ["thing 1.0 has GHSA-x, PYSEC-1: mended in 1.1"]


def test_an_explained_weakness_passes_by_any_of_its_names():
    assert said([SOUND, WEAK], {"GHSA-x": "we never call it"}) == []


def test_an_explanation_that_nothing_needs_is_named():
    assert "remove it" in said([SOUND], {"GHSA-x": "we never call it"})[0]


def test_what_was_not_looked_up_does_not_pass():
    (fault,) = said([SOUND, SKIPPED])
    assert fault.startswith("could not be looked up: lost")


def test_npm_weaknesses_are_read_and_its_silence_does_not_pass():
    via = [{"url": "https://github.com/advisories/GHSA-y", "title": "Worse."}, "child"]
    found, unknown = audit.npm_findings({"vulnerabilities": {"part": {"via": via}}})
    assert list(audit.faults(found, unknown, {})) == ["part has GHSA-y: Worse."]
    assert audit.npm_findings({"vulnerabilities": {}}) == ([], [])
    assert audit.npm_findings({"message": "405"})[1]


def test_every_accepted_advisory_has_a_reason():
    assert all(len(reason.split()) >= 4 for reason in audit.accepted().values())
