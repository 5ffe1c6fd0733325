"""Nothing that a user can set, call, read or connect goes undocumented."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import click
import pytest
from tests.house.sources import ROOT, SOURCE, code, shown
from tools import reference

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("name", reference.PAGES)
def test_a_reference_page_says_what_the_code_says(name: str) -> None:
    page = ROOT / "docs" / "reference" / name
    assert page.exists(), "run: python -m tools.reference"
    assert page.read_text() == reference.PAGES[name](), "out of date; run: python -m tools.reference"


def test_the_check_of_the_pages_can_fail(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(reference, "REFERENCE", tmp_path)
    assert reference.main(["--check"]) == 1
    assert reference.main([]) == 0
    assert reference.main(["--check"]) == 0
    (tmp_path / "settings.md").write_text("other")
    assert reference.main(["--check"]) == 1


def _commands() -> list[tuple[str, click.Command]]:
    from beffroi.house.main import beffroi

    return [(name, each) for name, each in reference.walk(beffroi) if not isinstance(each, click.Group)]


def test_every_command_has_help_with_an_example_and_every_option_a_meaning() -> None:
    commands = _commands()
    assert len(commands) > 8
    for name, command in commands:
        assert (command.help or "").strip(), f"{name}: no help"
        _, example, shown_as = f"{command.help}\n{command.epilog or ''}".partition("Example: ")
        assert example, f"{name}: no example"
        assert name in shown_as, f"{name}: its example shows another command"
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help, f"{name}: {option.name} says nothing"


def test_every_setting_has_a_help_sentence() -> None:
    from dataclasses import fields

    from beffroi.foundation.settings import Settings

    for each in fields(Settings):
        assert each.metadata["help"].endswith("."), each.name
        assert "unit" in each.metadata


def test_no_setting_is_read_around_the_configuration() -> None:
    """`BEFFROI_…` is read in one place; what names the file and the directory are the exceptions."""
    read = re.compile(r"environ(?:\.get\(|\[)\s*\"(BEFFROI_[A-Z_]+)\"(?!\]\s*=)")
    found = {
        shown(path): names
        for path in code(".py", under=("src",))
        if path != SOURCE / "foundation" / "settings.py"
        and (names := set(read.findall(path.read_text())) - {"BEFFROI_CONFIG", "BEFFROI_DATA_DIR"})
    }
    assert found == {}


def test_every_connector_is_a_folder_with_its_page() -> None:
    folders = reference.connector_folders()
    assert len(folders) >= 2
    for folder in folders:
        assert (folder / "doc.md").exists(), shown(folder)
        assert ast.get_docstring(ast.parse((folder / "connector.py").read_text())), shown(folder)


def test_every_room_has_its_design_page_in_the_index() -> None:
    index = (ROOT / "docs" / "design" / "README.md").read_text()
    for page in sorted((ROOT / "docs" / "design").glob("*.md")):
        if page.name != "README.md":
            assert f"({page.name})" in index, f"docs/design/README.md does not lead to {page.name}"


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "design").glob("*.md")), ids=lambda page: page.stem)
def test_a_design_page_says_where_it_stands_and_where_it_falls_short(page: Path) -> None:
    text = page.read_text()
    assert not re.search(r"^[A-Z]{4,}$", text, re.MULTILINE), "a figure is still to be put in"
    if page.stem in ("README", "threats"):
        return
    for word in ("status", "objective", "caveat"):
        assert word in text.lower(), f"{shown(page)}: no {word}"


def test_guides_stand_in_both_languages() -> None:
    pairs = {
        "operator": "operateur",
        "referent": "referent",
        "administrator": "administrateur",
        "village": "village",
        "integrator": "integrateur",
    }
    for english, french in pairs.items():
        both = (ROOT / "docs" / "guides" / f"{english}.md", ROOT / "docs" / "fr" / f"{french}.md")
        titles = [len(re.findall(r"^## ", page.read_text(), re.MULTILINE)) for page in both]
        # Everything said in French is said in English; the French one may leave out the world beyond France.
        assert titles[0] == titles[1], english


def test_every_command_that_a_page_shows_exists() -> None:
    known = {name for name, _ in _commands()}
    wrong = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("**/*.md")]:
        for said in re.findall(r"(?:^|`|bin/)beffroi ([a-z][a-z -]*)", page.read_text(), re.MULTILINE):
            words = f"beffroi {said}".split(" --")[0].split()
            if not any(" ".join(words[:n]) in known for n in range(2, len(words) + 1)):
                groups = {each.rsplit(" ", 1)[0] for each in known}
                if " ".join(words) not in groups:
                    wrong.append((shown(page), said))
    assert wrong == []
