"""What the repository must hold, and what must never be in it."""

from __future__ import annotations

import ast
import hashlib
import re
import tomllib

import pytest
from tests.house.sources import ROOT, code, shown, tracked

pytestmark = pytest.mark.unit

# Built from pieces, so that this page does not find itself.
_HOSTS = [
    ".".join(parts)
    for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"))
]
_PLACES = ["/" + place for place in ("work/", "root/", "tmp/plan", "home/")]
_TEXT = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".json",
    ".yml",
    ".yaml",
    ".js",
    ".css",
    ".html",
    ".cfg",
    ".ini",
    ".po",
    "",
}


def _texts() -> list[tuple[str, str]]:
    files = [path for path in tracked() if path.suffix in _TEXT and path.name != "LICENSE"]
    return [(shown(path), path.read_text(errors="replace")) for path in files]


def test_no_registry_address_and_no_place_of_one_machine() -> None:
    found = [
        (name, bad)
        for name, text in _texts()
        for bad in _HOSTS + _PLACES
        if re.search(rf"(?<![\w.]){re.escape(bad)}", text)
    ]
    assert found == []


def test_no_key_or_password_is_kept() -> None:
    begins = "-----BEGIN " + "[A-Z ]*PRIVATE KEY-----"
    assert [name for name, text in _texts() if re.search(begins, text)] == []


def test_lock_files_carry_hashes() -> None:
    lock = (ROOT / "requirements" / "lock.txt").read_text()
    pinned = re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)
    assert len(pinned) > 40
    assert lock.count("--hash=sha256:") >= len(pinned)


def test_the_licence_is_the_eupl() -> None:
    text = (ROOT / "LICENSE").read_bytes()
    assert text.startswith(b"EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    assert (
        hashlib.sha256(text).hexdigest() == "57fb42fbcd0b037ce528ed8f72f1ec095d67bc6825ecf1448ff39be1fe68a4b4"
    )
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["license"] == "EUPL-1.2"


def test_changes_have_a_fragment() -> None:
    fragments = sorted((ROOT / "changelog.d").glob("*.md"))
    assert fragments
    for each in fragments:
        assert re.fullmatch(r"\d+-[a-z-]+|README", each.stem), f"{each.name}: NUMBER-subject.md"
        if each.stem != "README":
            lines = each.read_text().strip().splitlines()
            assert 1 <= len(lines) <= 6, f"{each.name}: one or two lines"


def test_both_readmes_and_the_other_pages_are_there() -> None:
    for name in (
        "README.md",
        "README.fr.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "CHANGELOG.md",
        "publiccode.yml",
    ):
        assert len((ROOT / name).read_text()) > 200, name


def test_publiccode_agrees_with_the_project() -> None:
    text = (ROOT / "publiccode.yml").read_text()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert re.search(rf"^softwareVersion: \"?{re.escape(project['version'])}\"?$", text, re.MULTILINE)
    assert "license: EUPL-1.2" in text
    for key in ("publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType"):
        assert re.search(rf"^{key}:", text, re.MULTILINE), key


def test_links_between_pages_lead_somewhere() -> None:
    broken = []
    for path in tracked():
        if path.suffix != ".md":
            continue
        text = re.sub(r"```.*?```|`[^`]*`", "", path.read_text(), flags=re.DOTALL)
        for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
            if not re.match(r"[a-z]+:", link) and not (path.parent / link).exists():
                broken.append((shown(path), link))
    assert broken == []


def test_every_benchmark_says_what_it_measures_and_against_what() -> None:
    benchmarks = [path for path in code(".py", under=("benchmarks",)) if not path.stem.startswith("_")]
    assert benchmarks
    for path in benchmarks:
        tree = ast.parse(path.read_text())
        assert ast.get_docstring(tree), f"{shown(path)}: no docstring"
        runs = [each for each in tree.body if isinstance(each, ast.FunctionDef) and each.name == "run"]
        assert len(runs) == 1, f"{shown(path)}: no run(quick)"
        assert ast.unparse(runs[0].args).startswith("quick"), shown(path)
        names = {each.id for each in ast.walk(tree) if isinstance(each, ast.Name)}
        names |= {each.attr for each in ast.walk(tree) if isinstance(each, ast.Attribute)}
        assert names & {"at_most", "at_least", "Figure"}, f"{shown(path)}: reports no figure"
        assert names & {"at_most", "at_least"} or "budget" in path.read_text(), f"{shown(path)}: no budget"


def test_nothing_is_left_for_later() -> None:
    words = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]) + r")\b")
    found = [
        (name, n)
        for name, text in _texts()
        for n, line in enumerate(text.splitlines(), 1)
        if words.search(line)
    ]
    assert found == []
