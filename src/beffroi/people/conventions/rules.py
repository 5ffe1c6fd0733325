"""What a convention may open, its terms, and the Cedar policies that follow from them. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from beffroi.people.catalogue import Catalogue
from beffroi.people.methods import hours as weekly
from beffroi.people.methods.hours import Hours
from beffroi.people.methods.policy_text import actions_in_words
from beffroi.people.methods.rights import PROGRAM

#: What a convention may open → the actions that it stands for. Nothing else crosses from one organisation to
#: another: neither drawing conventions up, nor signing, nor the registers by which each governs itself.
MATTERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "incidents": ("duty.view", "territory.view", "log.view"),
        "handling": (
            "incident.acknowledge", "incident.annotate", "incident.close", "incident.link",
            "incident.hand_over", "call.take", "shift.take_over", "oncall.view", "oncall.answer",
        ),
        "units": ("unit.view",),
        "sending": ("incident.dispatch", "incident.arrive"),
        "live": ("camera.look", "camera.move"),
        "recordings": ("camera.look_back", "recording.look"),
        "signals": ("signal.view",),
        "equipment": ("device.view", "acting.command"),
        "crisis": ("crisis.view", "crisis.work"),
        "notes": ("incident.read_notes",),
        "calls": ("incident.read_call",),
        "contacts": ("incident.read_contacts",),
        "oversight": ("look.view", "order.view", "switch.view", "journal.verify"),
    }
)  # fmt: skip
#: A matter that means nothing without another.
NEEDS: Mapping[str, str] = MappingProxyType(
    {"handling": "incidents", "sending": "incidents", "notes": "incidents", "calls": "incidents",
     "contacts": "incidents", "live": "incidents", "recordings": "incidents"}
)  # fmt: skip
#: What images may be looked at for, in the words of a look (eyes/rules.py).
PURPOSES = ("incident", "prevention", "rescue", "disaster", "traffic", "upkeep")
STANDING, FRAMEWORK = "standing", "framework"
#: A standing convention opens from its first day on; a framework opens for as long as help is asked under it.
KINDS = (STANDING, FRAMEWORK)
LONGEST_YEARS = 10
LONGEST_HELP_HOURS = 72
_REFERENCE = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation with its part: what it gives is its territories, what it receives the others'."""

    organisation: str
    name: str
    gives: bool
    receives: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """What is signed. `places` are (territory, organisation that answers for it); days first and last.

    `help_hours`: the longest help of a framework; `unattended_min`: after so many minutes without anybody,
    the other may take the queue unasked, and does when on-call found nobody (0: never).
    """

    reference: str
    version: int
    title: str
    kind: str
    parties: tuple[Party, ...]
    places: tuple[tuple[str, str], ...]
    matters: tuple[str, ...]
    purposes: tuple[str, ...]
    programs: bool
    hours: tuple[Hours, ...]
    starts_on: date
    ends_on: date
    help_hours: int = 0
    unattended_min: int = 0

    @property
    def name(self) -> str:
        """How policies name this version."""
        return named(self.reference, self.version)


def named(reference: str, version: int) -> str:
    """The name of a version in the policies and in the journal."""
    return f"{reference}.{version}"


def wrong(terms: Terms) -> tuple[str, str] | None:
    """Where and why these terms cannot be taken; None where they can."""
    checks = (
        ("reference", not _REFERENCE.fullmatch(terms.reference), "holds small letters, figures and dashes"),
        ("title", not terms.title.strip() or len(terms.title) > 200, "is missing, or too long"),
        ("kind", terms.kind not in KINDS, "is neither standing nor a framework"),
        ("parties", not any(each.receives for each in terms.parties), "nobody receives anything"),
        ("parties", not any(each.gives for each in terms.parties), "nobody gives anything"),
        ("places", not terms.places, "a convention names at least one territory"),
        ("matters", not terms.matters, "a convention opens at least one thing"),
        ("matters", any(each not in MATTERS for each in terms.matters), "names what cannot be opened"),
        ("purposes", any(each not in PURPOSES for each in terms.purposes), "names what no look is for"),
        ("ends_on", terms.ends_on < terms.starts_on, "it ends before it starts"),
        (
            "ends_on",
            (terms.ends_on - terms.starts_on).days > LONGEST_YEARS * 366,
            "it lasts longer than ten years",
        ),
    )
    for where, bad, why in checks:
        if bad:
            return where, why
    return _wrong_together(terms)


def _wrong_together(terms: Terms) -> tuple[str, str] | None:
    images = {"live", "recordings"} & set(terms.matters)
    missing = [each for each in terms.matters if NEEDS.get(each, each) not in terms.matters]
    givers = {each.organisation for each in terms.parties if each.gives}
    framework = terms.kind == FRAMEWORK
    checks = (
        ("purposes", bool(images) and not terms.purposes, "images are looked at for a purpose"),
        ("matters", bool(missing), "what happens in an incident needs the incidents"),
        (
            "places",
            any(organisation not in givers for _key, organisation in terms.places),
            "its host commune is no giving party",
        ),
        ("parties", not receivers(terms), "nobody receives anything"),
        (
            "help_hours",
            framework and not 1 <= terms.help_hours <= LONGEST_HELP_HOURS,
            "help lasts one to seventy-two hours",
        ),
        (
            "help_hours",
            not framework and bool(terms.help_hours or terms.unattended_min),
            "only a framework is for help",
        ),
        ("unattended_min", not 0 <= terms.unattended_min <= 24 * 60, "is a number of minutes within a day"),
    )
    for where, bad, why in checks:
        if bad:
            return where, why
    why = next((why for each in terms.hours if (why := weekly.bad(each))), "")
    return ("hours", why) if why else None


def receivers(terms: Terms) -> dict[str, tuple[str, ...]]:
    """Territories that each receiving organisation has opened to it: those of the others."""
    found = {
        each.organisation: tuple(sorted(key for key, owner in terms.places if owner != each.organisation))
        for each in terms.parties
        if each.receives
    }
    return {organisation: keys for organisation, keys in found.items() if keys}


def actions_of(matters: Iterable[str]) -> tuple[str, ...]:
    """The actions that these matters stand for, in the order of the list of matters."""
    wanted = set(matters)
    return tuple(action for matter, each in MATTERS.items() if matter in wanted for action in each)


def signed_text(terms: Terms) -> str:
    """The terms as one canonical text: what a signature's hash is taken of."""
    told = {
        "reference": terms.reference, "version": terms.version, "title": terms.title, "kind": terms.kind,
        "parties": sorted([each.organisation, each.gives, each.receives] for each in terms.parties),
        "places": sorted(key for key, _owner in terms.places), "matters": sorted(terms.matters),
        "purposes": sorted(terms.purposes), "programs": terms.programs,
        "hours": [weekly.written(each) for each in sorted(terms.hours)],
        "starts_on": terms.starts_on.isoformat(), "ends_on": terms.ends_on.isoformat(),
        "help_hours": terms.help_hours, "unattended_min": terms.unattended_min,
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def policies(terms: Terms, catalogue: Catalogue) -> str:
    """The convention as Cedar: one policy a receiving organisation and a set of roles that open the same."""
    names = {each.organisation: each.name for each in terms.parties}
    head = [
        f"// Convention {terms.reference}, version {terms.version} : {_plain(terms.title)}",
        f"// Du {terms.starts_on} au {terms.ends_on} · From {terms.starts_on} to {terms.ends_on}",
        f"// Heures (filtrées avant Cedar) · Hours (filtered before Cedar): {_hours_in_words(terms.hours)}",
        f"// {_KIND_WORDS[terms.kind]}",
    ]
    parts = ["\n".join(head) + "\n"]
    for number, (organisation, keys) in enumerate(sorted(receivers(terms).items()), 1):
        for letter, (roles, actions) in enumerate(_alike(terms, catalogue)):
            parts.append(
                _policy(
                    terms,
                    catalogue,
                    name=f"convention.{terms.name}.{number}{chr(97 + letter)}",
                    who=(organisation, _plain(names[organisation])),
                    keys=keys,
                    roles=roles,
                    actions=actions,
                )
            )
    return "\n".join(parts)


def _alike(terms: Terms, catalogue: Catalogue) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Roles by the listed actions they open: a convention widens where a role holds, not what it opens."""
    listed = actions_of(terms.matters)
    groups: dict[tuple[str, ...], list[str]] = {}
    for role in catalogue.roles.values():
        opened = tuple(each for each in listed if each in role.actions and each in catalogue.actions)
        if opened and (terms.programs or not role.key.startswith(PROGRAM)):
            groups.setdefault(opened, []).append(role.key)
    return [(tuple(sorted(roles)), opened) for opened, roles in sorted(groups.items(), key=lambda g: g[1])]


def _policy(
    terms: Terms,
    catalogue: Catalogue,
    *,
    name: str,
    who: tuple[str, str],
    keys: Sequence[str],
    roles: Sequence[str],
    actions: tuple[str, ...],
) -> str:
    organisation, said = who
    held = ", ".join(f'Role::"{each}"' for each in roles)
    where = ",\n    ".join(f"Territory::{json.dumps(key)}" for key in keys)
    plain = tuple(each for each in actions if "purpose" not in catalogue.actions[each].grounds)
    looks = tuple(each for each in actions if each not in plain)
    made = []
    for suffix, asked, purposes in (("", plain, ()), (".images", looks, terms.purposes)):
        if not asked:
            continue
        for_what = ""
        if purposes:
            listed = ", ".join(json.dumps(each) for each in ("", *purposes))
            for_what = f"\n  && [{listed}].contains(context.purpose)"
        made.append(
            f"// {said} reçoit · receives{_purposes_in_words(purposes)}\n"
            f'@id("{name}{suffix}")\n'
            f"permit (\n"
            f'  principal in Convention::"{terms.name}",\n'
            f"  action in {actions_in_words(catalogue, asked)},\n"
            f"  resource\n"
            f") when {{\n"
            f'  principal in Organisation::"{organisation}"\n'
            f"  && principal in [{held}]\n"
            f"  && resource in [\n    {where},\n  ]{for_what}\n"
            f"}};\n"
        )
    return "\n".join(made)


_KIND_WORDS = {
    STANDING: "Ouvre de son premier à son dernier jour · Opens from its first to its last day",
    FRAMEWORK: "N’ouvre que le temps d’un renfort demandé · Opens only while help is asked under it",
}


def _hours_in_words(hours: Sequence[Hours]) -> str:
    return "; ".join(weekly.written(each) for each in sorted(hours)) or "toutes · all"


def _purposes_in_words(purposes: Sequence[str]) -> str:
    return f", pour · for: {', '.join(purposes)}" if purposes else ""


def _plain(text: str) -> str:
    """A name as a comment may hold it: one line, no more."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())
