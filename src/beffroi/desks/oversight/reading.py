"""What the oversight desk shows: orders with their cameras, agents, switches, what ends soon."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from beffroi.desks.duty.words import said
from beffroi.desks.oversight import words
from beffroi.people.models import Member
from beffroi.people.orders import queries as orders
from beffroi.people.orders import rules as order_rules
from beffroi.people.orders.queries import Covering
from beffroi.people.orders.shown import STANDS, AgentView, OrderView
from beffroi.people.switches import queries as switches
from beffroi.people.switches import rules as switch_rules
from beffroi.people.switches.shown import SwitchView
from beffroi.territory import queries as territory


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order in words; `names` are its cameras', as the map calls them."""

    order: OrderView
    town: str
    purposes: tuple[str, ...]
    state: str
    names: tuple[str, ...]
    stands: bool


@dataclass(frozen=True, slots=True)
class AgentLine:
    """An accreditation in words."""

    agent: AgentView
    town: str
    kind: str
    state: str
    stands: bool


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A camera through which nobody may look today: no order covers it."""

    territory: str
    town: str
    device: str
    name: str


@dataclass(frozen=True, slots=True)
class Capability:
    """What the law allows only behind a switch: the decisions that allow it now, and those that did."""

    key: str
    name: str
    on: tuple[tuple[SwitchView, str], ...]
    others: tuple[tuple[SwitchView, str], ...]


def towns(keys: Collection[str]) -> dict[str, str]:
    """Names of these territories by key; those that no map tells of are left out."""
    return {each.key: each.name for each in territory.territories() if each.key in keys}


def register(keys: Collection[str]) -> dict[str, Any]:
    """The page of orders and agents, with what its forms offer."""
    named = towns(keys)
    devices = {
        key: {each.key: each for each in territory.devices(key, kinds=["camera"])} for key in sorted(named)
    }
    return {
        "orders": [_order(each, named, devices) for each in orders.orders(named)],
        "agents": [_agent(each, named) for each in orders.agents(named)],
        "uncovered": _uncovered(named, devices),
        "towns": sorted(named.items(), key=lambda each: each[1].casefold()),
        "several": len(named) > 1,
        "cameras": [
            (f"{key}/{device.key}", device.name or device.key, named[key])
            for key, found in devices.items()
            for device in sorted(found.values(), key=lambda each: (each.name or each.key).casefold())
            if not device.exercise
        ],
        "members": Member.objects.filter(is_active=True, program=None).select_related("organisation"),
        "purposes": [(key, said(words.PURPOSES, key)) for key in order_rules.PURPOSES],
        "kinds": [(key, said(words.AGENTS, key)) for key in order_rules.KINDS],
        "state_orders": [each for each in orders.orders(named) if each.state == STANDS and each.state_access],
        "longest_days": order_rules.LONGEST_RETENTION_DAYS,
    }


def _order(each: OrderView, named: dict[str, str], devices: dict[str, dict[str, Any]]) -> OrderLine:
    found = devices[each.territory]
    return OrderLine(
        order=each,
        town=named[each.territory],
        purposes=tuple(said(words.PURPOSES, key) for key in each.purposes),
        state=said(words.STATES, each.state),
        names=tuple((found[key].name or key) if key in found else key for key in each.devices),
        stands=each.state == STANDS,
    )


def _agent(each: AgentView, named: dict[str, str]) -> AgentLine:
    return AgentLine(
        agent=each,
        town=named[each.territory],
        kind=said(words.AGENTS, each.kind),
        state=said(words.STATES, each.state),
        stands=each.state == STANDS,
    )


def _uncovered(named: dict[str, str], devices: dict[str, dict[str, Any]]) -> list[Uncovered]:
    """Real cameras of the map that no order covers today."""
    found = []
    for key, town in named.items():
        covering = Covering(key)
        found += [
            Uncovered(key, town, each.key, each.name or each.key)
            for each in devices[key].values()
            if not each.exercise and covering.of(each.key, each.position) is None
        ]
    return sorted(found, key=lambda each: (each.town, each.name.casefold()))


def capabilities(keys: Collection[str]) -> list[Capability]:
    """Every capability with its decisions."""
    named = towns(keys)
    found = [(each, named[each.territory]) for each in switches.switches(named)]
    return [
        Capability(
            key,
            said(words.CAPABILITIES, key),
            tuple(each for each in found if each[0].capability == key and each[0].on),
            tuple(each for each in found if each[0].capability == key and not each[0].on),
        )
        for key in switch_rules.CAPABILITIES
    ]


@dataclass(frozen=True, slots=True)
class Ending:
    """Something that ends soon: what, where, when, within how many days."""

    what: str
    number: str
    town: str
    ends_on: date
    days: int
    urgent: bool


def ending(order_keys: Collection[str], switch_keys: Collection[str]) -> list[Ending]:
    """Orders, accreditations and switches that end within the longest warning, the soonest first."""
    named = towns({*order_keys, *switch_keys})
    day = orders.today()
    told, agents = orders.ending([key for key in order_keys if key in named])
    on = [each for each in switches.switches([key for key in switch_keys if key in named]) if each.on]
    rows = [
        *(("order", each.number, each.territory, each.ends_on) for each in told),
        *((each.name, each.number, each.territory, each.ends_on) for each in agents),
        *(
            (said(words.CAPABILITIES, each.capability), each.number, each.territory, each.ends_on)
            for each in on
            if each.ends_within is not None
        ),
    ]
    made = [
        Ending(what, number, named[key], ends, (ends - day).days, (ends - day).days <= 30)
        for what, number, key, ends in rows
    ]
    return sorted(made, key=lambda each: each.ends_on)
