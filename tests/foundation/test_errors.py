"""Errors have one root, a stable code, a sentence and fields."""

from __future__ import annotations

import importlib
import string
from collections import Counter

import pytest
from tests.house.sources import SOURCE, code

from beffroi.foundation.errors import BeffroiError, Invalid, NotFound, Refused

pytestmark = pytest.mark.unit


def test_an_error_fills_its_sentence_and_keeps_its_fields() -> None:
    error = Invalid(where="line 3", why="not a date")
    assert str(error) == "line 3: not a date."
    assert error.sentence("{where} : {why} (fr)") == "line 3 : not a date (fr)"
    assert error.as_dict() == {
        "code": "beffroi.invalid",
        "message": "line 3: not a date.",
        "advice": "",
        "fields": {"where": "line 3", "why": "not a date"},
    }


def test_what_is_refused_and_what_is_not_there_answer_as_the_web_does() -> None:
    assert Refused(action="duty.view", reason="No role.").status == 403
    assert NotFound(what="incident 4").status == 404


def _kinds(root: type[BeffroiError]) -> list[type[BeffroiError]]:
    return [root, *(inner for each in root.__subclasses__() for inner in _kinds(each))]


def _every_error() -> list[type[BeffroiError]]:
    for path in code(".py", under=("src",)):
        if "BeffroiError" in path.read_text() and "house" not in path.parts:
            importlib.import_module(".".join(path.relative_to(SOURCE.parent).with_suffix("").parts))
    return [each for each in _kinds(BeffroiError) if each.__module__.startswith("beffroi.")]


def test_codes_are_stable_names_of_one_error_each() -> None:
    kinds = _every_error()
    assert len(kinds) > 5
    own = [each for each in kinds if "code" in vars(each)]
    assert {name: count for name, count in Counter(each.code for each in own).items() if count > 1} == {}
    for each in own:
        assert all(part.isidentifier() for part in each.code.split(".")), each.code
        assert "." in each.code


def test_every_message_is_a_template_with_named_fields() -> None:
    for each in _every_error():
        assert each.message, each.__name__
        for _, field, _, _ in string.Formatter().parse(each.message):
            assert field is None or field.partition(".")[0].partition("[")[0].isidentifier(), each.message
