"""Cedar policies parsed once, preselected by principal, and asked.

A policy whose head names a role, an organisation or a member is only looked at for those whom it
names, so that a thousand conventions cost a decision no more than the few that concern the asker.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

import cedarpy

from beffroi.people.methods.rights import CENTRE, INSTALLATION, TERRITORY, Standing

_KEPT = 512
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_INSTALLATION = {"type": "Installation", "id": "installation"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Cedar's answer: allowed or not, and the `@id` of the policies that determined it."""

    allowed: bool
    policies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Policy:
    body: dict[str, object]
    named: tuple[str, str] | None  # (type, id) of the principal in its head; None: concerns everyone


class PolicyBook:
    """An immutable set of policies. Raises ValueError for text that Cedar cannot read."""

    def __init__(self, texts: Iterable[str], roles: Iterable[str]) -> None:
        parsed = json.loads(cedarpy.policies_to_json_str("\n".join(texts)))
        if parsed["templates"]:
            raise ValueError("policies are written whole, not as templates")
        self._policies: dict[str, _Policy] = {}
        for position, body in parsed["staticPolicies"].items():
            name = body.get("annotations", {}).get("id") or position
            if name in self._policies:
                raise ValueError(f"two policies are called {name!r}")
            self._policies[name] = _Policy(body, _named(body["principal"]))
        self._by_name: dict[tuple[str, str] | None, list[str]] = {}
        for name, policy in self._policies.items():
            self._by_name.setdefault(policy.named, []).append(name)
        self._roles = tuple(roles)
        self._sets: OrderedDict[frozenset[tuple[str, str]], cedarpy.PolicySet] = OrderedDict()
        self._entities: OrderedDict[Standing, cedarpy.Entities] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._policies)

    def ask(
        self, standing: Standing, action: str, territory: str | None, grounds: Iterable[str], purpose: str
    ) -> Verdict:
        """Whether `standing` may do `action` on a territory (None: the installation), with these grounds."""
        return self.ask_each(standing, action, (territory,), grounds, purpose)[0]

    def ask_each(
        self,
        standing: Standing,
        action: str,
        territories: Iterable[str | None],
        grounds: Iterable[str],
        purpose: str,
    ) -> list[Verdict]:
        """One verdict a territory, in their order."""
        asked = list(territories)
        if not asked:
            return []
        context = json.dumps({"grounds": sorted(grounds), "purpose": purpose})
        requests = [
            {
                "principal": {"type": "Member", "id": standing.member},
                "action": {"type": "Action", "id": action},
                "resource": _INSTALLATION if key is None else {"type": "Territory", "id": key},
                "context": context,
            }
            for key in asked
        ]
        entities = self._entities_of(standing, asked)
        results = cedarpy.is_authorized_batch(requests, self._selected(standing), entities)
        return [
            Verdict(each.allowed, tuple(sorted(each.diagnostics.reasons)))
            if not each.diagnostics.errors
            # A policy that fails to evaluate is a defect: shut rather than guess without it.
            else Verdict(False, ())
            for each in results
        ]

    def selected_for(self, standing: Standing) -> tuple[str, ...]:
        """Names of the policies that a decision about this member looks at."""
        names = [name for named in (None, *_principals(standing)) for name in self._by_name.get(named, ())]
        return tuple(sorted(names))

    def _selected(self, standing: Standing) -> cedarpy.PolicySet:
        key = frozenset(named for named in _principals(standing) if named in self._by_name)
        with self._lock:
            found = self._sets.get(key)
            if found is not None:
                self._sets.move_to_end(key)
                return found
        bodies = {name: self._policies[name].body for name in self.selected_for(standing)}
        made = cedarpy.PolicySet.from_json_str(
            json.dumps({"templates": {}, "staticPolicies": bodies, "templateLinks": []})
        )
        with self._lock:
            _keep(self._sets, key, made)
        return made

    def _entities_of(self, standing: Standing, asked: list[str | None]) -> cedarpy.Entities:
        with self._lock:
            found = self._entities.get(standing)
            if found is not None:
                self._entities.move_to_end(standing)
        if found is None:
            found = cedarpy.Entities.from_json_str(json.dumps(_graph(standing, self._roles)))
            with self._lock:
                _keep(self._entities, standing, found)
        if standing.everywhere:
            # A territory that people has not been told of yet still lies within the installation.
            there = _in_graph(standing)
            strangers = [
                _entity("Territory", key, [_INSTALLATION]) for key in asked if key and key not in there
            ]
            if strangers:
                return found.with_added_json_str(json.dumps(strangers))
        return found


def _keep(kept: OrderedDict[_Key, _Value], key: _Key, value: _Value) -> None:
    kept[key] = value
    while len(kept) > _KEPT:
        kept.popitem(last=False)


def _named(principal: dict[str, object]) -> tuple[str, str] | None:
    entity = principal.get("entity") or principal.get("in", {})
    if isinstance(entity, dict):
        entity = entity.get("entity", entity)
    if principal["op"] in ("in", "==", "is") and isinstance(entity, dict) and "type" in entity:
        return str(entity["type"]), str(entity["id"])
    return None


def _principals(standing: Standing) -> list[tuple[str, str]]:
    return [
        ("Member", standing.member),
        ("Organisation", standing.organisation),
        *(("Role", role) for role in sorted(standing.roles)),
    ]


def _entity(kind: str, key: str, parents: list[dict[str, str]], **attributes: object) -> dict[str, object]:
    return {"uid": {"type": kind, "id": key}, "attrs": attributes, "parents": parents}


def _in_graph(standing: Standing) -> frozenset[str]:
    granted = {key for _, scope, key in standing.grants if scope == TERRITORY}
    return frozenset(granted | {territory for _, territory in standing.watches} | standing.known)


def _graph(standing: Standing, roles: tuple[str, ...]) -> list[dict[str, object]]:
    """The member, its roles and organisation, and where each role reaches, as Cedar entities."""

    def remits(scope: str, key: str) -> list[dict[str, str]]:
        held = sorted(role for role, kind, named in standing.grants if (kind, named) == (scope, key))
        return [{"type": "Remit", "id": f"{standing.member}/{role}"} for role in held]

    remit = {
        role: {"__entity": {"type": "Remit", "id": f"{standing.member}/{role}"}}
        for role in {*roles, *standing.roles}
    }
    parents = [{"type": "Role", "id": role} for role in sorted(standing.roles)]
    parents.append({"type": "Organisation", "id": standing.organisation})
    graph = [
        _entity("Member", standing.member, parents, remit=remit),
        _entity("Installation", "installation", remits(INSTALLATION, "")),
    ]
    centres = {key for _, scope, key in standing.grants if scope == CENTRE}
    centres |= {centre for centre, _ in standing.watches}
    graph += [_entity("Centre", key, [*remits(CENTRE, key), _INSTALLATION]) for key in sorted(centres)]
    for territory in sorted(_in_graph(standing)):
        watchers = [{"type": "Centre", "id": c} for c, t in sorted(standing.watches) if t == territory]
        graph.append(
            _entity("Territory", territory, [*remits(TERRITORY, territory), *watchers, _INSTALLATION])
        )
    return graph
