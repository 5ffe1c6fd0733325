"""The page of licences names every library of the lock files, and none that the product may not hold."""

from __future__ import annotations

import re

import pytest
from tests.house.sources import ROOT
from tools import licences

pytestmark = pytest.mark.unit


def test_every_library_is_on_the_page_with_its_licence() -> None:
    text = (ROOT / "docs" / "licences.md").read_text()
    for name, version, licence in licences.python_packages() + licences.browser_packages():
        row = re.search(rf"^\| {re.escape(name)} \| {re.escape(version)} \| (.+) \|$", text, re.MULTILINE)
        assert row, f"{name} {version}: run python -m tools.licences"
        assert row[1].strip(), name
        assert licence, name


def test_no_library_is_under_the_gpl() -> None:
    for name, _, licence in licences.python_packages() + licences.browser_packages():
        assert not re.search(r"(?<![L])A?GPL", licence.replace("LGPL", "")), f"{name}: {licence}"
