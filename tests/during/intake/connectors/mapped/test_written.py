"""Mappings as people write them: what is wrong is named with its line and what to write instead."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.during.intake.fuzzing import INPUTS, assert_sound, damaged

from beffroi.during.intake.connectors import WebMessage, doc
from beffroi.during.intake.connectors.mapped.connector import MappedConnector
from beffroi.during.intake.connectors.mapped.rules.lines import lines_of
from beffroi.during.intake.connectors.mapped.rules.written import LONGEST, BadMapping, read
from beffroi.during.intake.kinds import KINDS
from beffroi.during.intake.rules import Speaker, Unreadable
from beffroi.foundation.identifiers import uuid7

pytestmark = pytest.mark.unit

HERE = Path(__file__).parent
MAPPINGS = sorted((HERE / "mappings").glob("*.toml"))
MESSAGES = sorted((HERE / "messages").glob("*.json"))
NOW = datetime(2026, 3, 1, 22, 15, 30, tzinfo=UTC)
GOOD = """
# a door
key = ["id"]
device = "dev"
seen_at = "at"

[kind]
path = "open"
values = { 1 = "intrusion.door" }
"""


@pytest.mark.parametrize("file", MAPPINGS, ids=lambda each: each.stem)
def test_the_mappings_of_the_documentation_can_be_read(file: Path) -> None:
    assert read(file.read_text()).rules


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("", 1, "what it is"),
        ("\n\nkey = [", 3, "not TOML"),
        (GOOD.replace("device", "devise"), 4, "the nearest is device"),
        (GOOD.replace('"dev"', '"dev["'), 4, "character 4"),
        (GOOD.replace('"dev"', "3"), 4, "a path is text"),
        (GOOD.replace("intrusion.door", "intrusion.dor"), 9, "the nearest is intrusion.door"),
        (GOOD.replace('path = "open"\n', ""), 7, "a path, and values"),
        (GOOD.replace('key = ["id"]\n', ""), 6, "names a message"),
        (GOOD.replace('key = ["id"]', "key = []"), 3, "1 to 8 paths"),
        (GOOD.replace('"at"', '{ path = "at", as = "%d/%m/%Y" }'), 5, "needs its zone"),
        (GOOD.replace('"at"', '{ path = "at", as = "unix" }'), 5, "epoch_s"),
        (GOOD.replace('"at"', '{ path = "at", as = "%f%f%Y%m%d", zone = "UTC" }'), 5, "once at most"),
        (GOOD.replace('"at"', '{ path = "at", as = "%H:%M", zone = "UTC" }'), 5, "a year"),
        (GOOD.replace('"at"', '{ path = "at", zone = "Europe/Redon" }'), 5, "Europe/Paris"),
        (GOOD.replace('"at"', '{ path = "at", zone = "../etc/passwd" }'), 5, "Europe/Paris"),
        (GOOD.replace('"dev"', '{ always = 1, path = "x" }'), 4, "either path or always"),
        ('lat = "y"\n' + GOOD, 1, "go together"),
        ('certainty = { path = "c", of = 0 }\n' + GOOD, 1, "above 0"),
        ('certainty = { always = "high" }\n' + GOOD, 1, "a number"),
        ('format = "xml"\n' + GOOD, 1, "json, text, form"),
        ('topics = ["a/#/b"]\n' + GOOD, 1, "no MQTT filter"),
        ('topics = ["a b"]\n' + GOOD, 1, "no MQTT filter"),
        ("topics = []\n" + GOOD, 1, "topics"),
        ("each = 3\n" + GOOD, 1, "a path to a list"),
        ('each = "a["\n' + GOOD, 1, "character 2"),
        (GOOD + '\n[[ignore]]\npath = "x"\nis = 1\nnot = 2\n', 11, "one of is, not, missing"),
        (GOOD + '\n[[ignore]]\npath = "x"\nmissing = "yes"\n', 13, "true or false"),
        (GOOD + '\n[[ignore]]\npath = "x"\nis = [[1]]\n', 13, "words or numbers"),
        (GOOD + '\n[content]\nBattery = "b"\n', 12, "small letters"),
        (GOOD + '\n[content]\nzone = "b"\n', 12, "and not"),
        (GOOD + '\n[[observation]]\nkind = "nothing"\n', 12, "not a kind"),
        (
            GOOD + '\n[[observation]]\n[observation.kind]\npath = "x"\nvalues = { a = "b" }\n',
            14,
            "not a kind",
        ),
        ('[[observation]]\nkind = "device.fault"\n', 2, "names a message"),
        ('[observation]\nkind = "device.fault"\n', 1, "two brackets"),
        (GOOD.replace('{ 1 = "intrusion.door" }', '{ On = "ignore", on = "ignore" }'), 9, "capitals"),
        ("a = 1\n" * 5000, 1, "characters"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, why: str) -> None:
    with pytest.raises(BadMapping) as caught:
        read(text)
    assert (caught.value.fields["line"], why in str(caught.value)) == (line, True), str(caught.value)
    assert "source try" in caught.value.advice


def test_an_observation_may_say_otherwise_than_all() -> None:
    mapping = read(GOOD + '\n[[observation]]\n[[observation]]\nkind = "device.fault"\nkey = "other"\n')
    first, second = mapping.rules
    assert (first.kind.path is not None, second.kind.always) == (True, "device.fault")
    assert (first.key[0].text, second.key[0].text) == ("id", "other")
    assert first.fields["device"] == second.fields["device"]


def test_lines_are_found_in_every_way_of_writing() -> None:
    found = lines_of(
        'a.b = 1\n"c d" = 2\n[t] # x\n  k = 1\n[[o]]\n[[o]]\nk = 1\n[o.p]\nq = 2\n[[o.i]]\n[[o.i]]\n'
    )
    assert found == {
        ("a", "b"): 1,
        ("c d",): 2,
        ("t",): 3,
        ("t", "k"): 4,
        ("o", 0): 5,
        ("o", 1): 6,
        ("o", 1, "k"): 7,
        ("o", 1, "p"): 8,
        ("o", 1, "p", "q"): 9,
        ("o", 1, "i", 0): 10,
        ("o", 1, "i", 1): 11,
    }


SEEDS = [each.read_bytes() for each in MAPPINGS] + [GOOD.encode()]


def test_damaged_mappings_are_read_or_refused_with_a_line() -> None:
    count = 0
    for given_bytes in damaged(SEEDS):
        text = given_bytes.decode("utf-8", "replace")
        try:
            mapping = read(text)
        except BadMapping as error:
            assert 1 <= int(str(error.fields["line"])) <= text.count("\n") + 1, text
            assert str(error)
        else:
            count += 1
            kinds = {
                kind for rule in mapping.rules for kind in (*rule.kind.values.values(), rule.kind.always)
            }
            assert kinds <= {*KINDS, "ignore", ""}
    assert count > INPUTS // 100


values = st.recursive(
    st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(["a.b", "[*]", *KINDS]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["path", "always", "values", "as", "zone", "of", "is", "x"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)
names = st.sampled_from(
    (
        *("format", "topics", "each", "observation", "kind", "key", "on_change", "seen_at", "content"),
        *("ignore", "device", "zone", "floor", "lat", "lon", "radius_m", "certainty", "other"),
    )
)


def toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(str(k))} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, str):
        plain = "".join(each if each.isprintable() and each not in '"\\' else "_" for each in value)
        return f'"{plain}"'
    return repr(value)


@given(st.dictionaries(names, values, max_size=6))
def test_no_declaration_breaks_the_reader(written: dict[str, object]) -> None:
    lines = [f"{name} = {toml(each)}" for name, each in written.items()]
    try:
        assert read("\n".join(lines)).rules
    except BadMapping as error:
        assert 1 <= int(str(error.fields["line"])) <= max(1, len(lines))


def test_damaged_mappings_on_damaged_messages_keep_nothing_unsound() -> None:
    """Whatever a mapping that is accepted says, what it makes can be kept."""
    messages = list(damaged([each.read_bytes() for each in MESSAGES], 200))
    texts = [each.decode("utf-8", "replace") for each in damaged(SEEDS, INPUTS // 20, start=7)]
    made = 0
    for text in texts:
        try:
            read(text)
        except BadMapping:
            continue
        speaker = Speaker(id=uuid7(), key="s", territory="t", connector="mapped", mapping={"toml": text})

        def post(body: bytes, speaker: Speaker = speaker) -> list[object]:
            connector = MappedConnector(quiet=False)
            web = WebMessage("", body, "a/b", {"event": "up"})
            found = list(connector.read_web(speaker, web, NOW))
            return found + connector.read(speaker, "porte/events/rpc", body, NOW)

        made += assert_sound(post, iter(messages[:: max(1, len(texts) // 500)]))  # type: ignore[arg-type]
    assert made > 10


def test_a_mapping_has_an_end() -> None:
    assert LONGEST < 20_000
    many = GOOD + '\n[[observation]]\nkind = "device.fault"\n' * 21
    with pytest.raises(BadMapping, match="1 to 20"):
        read(many)


def test_a_source_whose_mapping_cannot_be_used_is_shown_as_unreadable() -> None:
    broken = Speaker(
        id=uuid7(), key="s", territory="t", connector="mapped", address="a", mapping={"toml": "x"}
    )
    connector = MappedConnector()
    assert connector.topics_of(broken) == ("a/#",)
    with pytest.raises(Unreadable, match="Line 1"):
        connector.read(broken, "b", b"{}", NOW)


@pytest.mark.parametrize("name", ["chirpstack-door", "zigbee2mqtt"])
def test_the_page_shows_the_mappings_that_are_tested(name: str) -> None:
    shown = {line.strip() for line in doc("mapped").splitlines()}
    written = (HERE / "mappings" / f"{name}.toml").read_text().splitlines()
    assert {line.strip() for line in written if line and not line.startswith("#")} <= shown
