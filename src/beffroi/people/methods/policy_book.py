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
from typing import Any, TypeVar

import cedarpy

from beffroi.people.methods.entity_graph import INSTALLATION_ENTITY, entity, graph_of, in_graph
from beffroi.people.methods.rights import Standing

_KEPT = 512
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


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
    """A set of policies, to which those of conventions are added, never changed and never taken away.

    One that is no longer in force is looked at for nobody, since it is in nobody's standing.
    Raises ValueError for text that Cedar cannot read.
    """

    def __init__(self, texts: Iterable[str], roles: Iterable[str]) -> None:
        self._policies: dict[str, _Policy] = {}
        self._by_name: dict[tuple[str, str] | None, list[str]] = {}
        self._conventions: set[str] = set()
        self._roles = tuple(roles)
        self._add(_parsed("\n".join(texts)))
        self._sets: OrderedDict[frozenset[tuple[str, str]], cedarpy.PolicySet] = OrderedDict()
        self._entities: OrderedDict[Standing, cedarpy.Entities] = OrderedDict()
        self._reaches: OrderedDict[tuple[Standing, str], frozenset[str]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._policies)

    def _add(self, bodies: dict[str, Any]) -> None:
        added: dict[str, _Policy] = {}
        for position, body in bodies.items():
            name = body.get("annotations", {}).get("id") or position
            if name in self._policies or name in added:
                raise ValueError(f"two policies are called {name!r}")
            added[name] = _Policy(body, _named(body["principal"]))
        self._policies.update(added)
        for name, policy in added.items():
            self._by_name.setdefault(policy.named, []).append(name)

    def unknown(self, conventions: Iterable[str]) -> frozenset[str]:
        """Those of these conventions whose policies the book does not hold yet."""
        return frozenset(conventions) - self._conventions

    def learn(self, convention: str, text: str) -> None:
        """Take the policies of a convention in; safe to repeat. Raises ValueError as the book does, and
        for a policy that concerns anybody else than who has the convention."""
        with self._lock:
            if convention in self._conventions:
                return
            bodies = _parsed(text)
            concerned = {(*(_named(each["principal"]) or ()), each["effect"]) for each in bodies.values()}
            if concerned - {("Convention", convention, "permit")}:
                raise ValueError(f"the policies of {convention} concern others")
            self._add(bodies)
            self._conventions.add(convention)

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
                "resource": INSTALLATION_ENTITY if key is None else {"type": "Territory", "id": key},
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

    def reach(self, standing: Standing, action: str, grounds: Iterable[str]) -> frozenset[str]:
        """Territories reached in which `action` is open, were these grounds given.

        Kept: the answer depends on these values alone (a policy sees no clock).
        """
        key = (standing, action)
        with self._lock:
            found = self._reaches.get(key)
            if found is not None:
                self._reaches.move_to_end(key)
                return found
        asked = sorted(standing.reachable())
        verdicts = self.ask_each(standing, action, asked, grounds, "")
        found = frozenset(each for each, verdict in zip(asked, verdicts, strict=True) if verdict.allowed)
        with self._lock:
            _keep(self._reaches, key, found)
        return found

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
            found = cedarpy.Entities.from_json_str(json.dumps(graph_of(standing, self._roles)))
            with self._lock:
                _keep(self._entities, standing, found)
        if standing.everywhere:
            # A territory that people has not been told of yet still lies within the installation.
            there = in_graph(standing)
            strangers = [
                entity("Territory", key, [INSTALLATION_ENTITY]) for key in asked if key and key not in there
            ]
            if strangers:
                return found.with_added_json_str(json.dumps(strangers))
        return found


def _keep(kept: OrderedDict[_Key, _Value], key: _Key, value: _Value) -> None:
    kept[key] = value
    while len(kept) > _KEPT:
        kept.popitem(last=False)


def _parsed(text: str) -> dict[str, Any]:
    parsed = json.loads(cedarpy.policies_to_json_str(text))
    if parsed["templates"]:
        raise ValueError("policies are written whole, not as templates")
    bodies: dict[str, Any] = parsed["staticPolicies"]
    return bodies


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
        *(("Convention", each) for each in sorted(standing.conventions)),
        *(("Role", role) for role in sorted(standing.roles)),
    ]
