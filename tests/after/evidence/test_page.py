"""The timeline opens without a network: no script, nothing inline, both languages, what is not shown."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from tests.after.evidence import sealing

from beffroi.after.evidence.methods import page, timeline
from beffroi.after.evidence.methods.shapes import Case

pytestmark = pytest.mark.unit


class Strict(HTMLParser):
    """Collects tags, and sees that each is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def rendered(case: Case) -> str:
    return page.render(case, timeline.moments(case), lambda code, language: f"<{code}> {language}")


def test_it_has_no_script_nothing_inline_and_nothing_from_elsewhere() -> None:
    html = rendered(sealing.case())
    strict = Strict()
    strict.feed(html)
    assert strict.open == []
    assert not strict.seen & {"script", "style", "img", "iframe", "object"}
    assert not any(name == "style" or name.startswith("on") for name in strict.attributes)
    assert re.findall(r"(?:href|src)=\"([^\"]+)\"", html) == ["timeline.css"]
    assert "http" not in html


def test_words_of_others_are_escaped() -> None:
    assert "&lt;incident.acknowledged&gt; fr" in rendered(sealing.case())


def test_an_exercise_cannot_be_mistaken() -> None:
    assert "EXERCICE" in rendered(sealing.case(exercise=True))
    assert "EXERCICE" not in rendered(sealing.case(exercise=False))


def test_it_says_what_is_not_shown_in_both_languages() -> None:
    html = rendered(sealing.case())
    assert "Ce qui n’est pas montré" in html
    assert "What is not shown" in html
    assert "Images: none" in html
    assert "animal" in html


def test_every_way_of_not_showing_has_words() -> None:
    for french, english in (*page.NOT_SHOWN.values(), *page.OWN.values()):
        assert french
        assert english
        assert french != english


def test_moments_are_in_the_order_of_their_times() -> None:
    moments = timeline.moments(sealing.case())
    assert [each.at for each in moments] == sorted(each.at for each in moments)
    assert {each.kind for each in moments} == {"observation", "entry", "note"}


def test_every_code_of_the_house_has_its_french() -> None:
    """Where a room gains a code, its French belongs here too."""
    from beffroi.after.evidence.methods.french import french
    from beffroi.after.evidence.words import ENGLISH, words

    for table in ENGLISH:
        for code, english in table.items():
            assert french(code), f"no French for {code}"
            assert words(code, "en")
            assert set(_places(english)) >= set(_places(french(code))) or english != words(code, "en")


def _places(template: str) -> list[str]:
    return re.findall(r"{(\w+)}", template)
