"""Facts of the whole house: each says what it tells, and none can be declared badly or twice."""

from __future__ import annotations

import pytest
from tests.journal.saying import Said, SaidV1

from beffroi.journal import facts

pytestmark = pytest.mark.unit


def test_every_fact_says_what_it_tells() -> None:
    silent = [name for (name, _), each in facts.declared().items() if not each.__dict__.get("__doc__")]
    assert silent == []
    assert len(facts.declared()) > 40


def test_every_fact_of_something_that_happens_may_be_marked_exercise() -> None:
    """What comes from a source or of a territory carries the mark."""
    marked = ("incident.", "fusion.", "signal.", "evidence.", "intake.batch", "territory.")
    for (name, _), each in facts.declared().items():
        if name.startswith(marked):
            assert "exercise" in each.__struct_fields__, name


@pytest.mark.parametrize(("name", "version"), [("Bad", 1), ("nodot", 1), ("test.bad", 0), ("test.Bad", 1)])
def test_a_bad_name_is_refused(name: str, version: int) -> None:
    with pytest.raises(TypeError):
        type(facts.Fact)("Bad", (facts.Fact,), {}, fact=name, version=version)


def test_a_fact_or_an_upcaster_declared_twice_is_refused() -> None:
    with pytest.raises(TypeError):
        type(facts.Fact)("Again", (facts.Fact,), {}, fact="test.said", version=1)
    with pytest.raises(TypeError):
        facts.upcasts(SaidV1)(lambda old: Said(words=old.words))


def test_a_fact_does_not_change_and_takes_no_unknown_field() -> None:
    import msgspec

    with pytest.raises(AttributeError):
        Said(words="x").words = "y"  # type: ignore[misc]
    with pytest.raises(msgspec.ValidationError):
        facts.read("test.said", 2, '{"words":"x","name":"Durand"}')
