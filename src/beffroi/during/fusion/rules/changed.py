"""Rules that a person changes: a file of thresholds, memories and opinions, checked; what is in force."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import msgspec

from beffroi.during.fusion.rules.kinds import SENSES, Sense, sense_of, senses
from beffroi.during.fusion.rules.opinions import ALONE, EXPLANATIONS, PRIOR
from beffroi.during.fusion.rules.shapes import Parameters, Rules
from beffroi.during.intake.facts import Observation
from beffroi.foundation.errors import BeffroiError

_MINUTES = {"incident_memory_minutes": "memory_s", "signal_memory_minutes": "signal_memory_s"}
_PLAIN = {
    "check_threshold": "check",
    "confirm_threshold": "confirm",
    "flapping_cycles": "flaps",
    "storm_devices": "storm",
}

InForce = tuple[Parameters, Callable[[Observation], Sense], Mapping[str, float] | None]


class BadRules(BeffroiError):
    """The file of rules says something that cannot be."""

    code = "fusion.bad_rules"
    message = "These rules cannot be used: {why}."
    advice = "Nothing was changed. docs/design/fusion.md says what a file of rules may hold."


def read(told: Mapping[str, Any]) -> Rules:
    """The rules that a file holds, as TOML tells it. Raises BadRules."""
    unknown = set(told) - {"version", "thresholds", "alone", "prior"}
    if unknown:
        raise BadRules(why=f"unknown part {sorted(unknown)[0]!r}")
    version = told.get("version")
    if not isinstance(version, str) or not version.strip() or len(version) > 40:
        raise BadRules(why="a version is wanted, of 40 letters at most")
    fields: dict[str, Any] = {"version": version.strip()}
    for name, value in _table(told, "thresholds").items():
        fields |= _threshold(name, value)
    alone = {kind: _shares(kind, shares) for kind, shares in _table(told, "alone").items()}
    for kind in alone:
        if kind not in ALONE:
            raise BadRules(why=f"{kind!r} is no kind that has an opinion")
    rules = Rules(**fields, alone=alone, prior=_shares("prior", _table(told, "prior")))
    parameters = in_force(Parameters(), rules)[0]
    if parameters.check > parameters.confirm:
        raise BadRules(why="check_threshold is above confirm_threshold")
    return rules


def _table(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = told.get(name, {})
    if not isinstance(table, Mapping):
        raise BadRules(why=f"{name} is not a table")
    return table


def _threshold(name: str, value: Any) -> dict[str, Any]:
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if name in _MINUTES and number and 1 <= value <= 10_000:
        return {_MINUTES[name]: 60.0 * value}
    if name in ("check_threshold", "confirm_threshold") and number and 0 < value < 1:
        return {_PLAIN[name]: float(value)}
    if name in ("flapping_cycles", "storm_devices") and isinstance(value, int) and number and value >= 0:
        return {_PLAIN[name]: value}
    known = ", ".join(sorted((*_MINUTES, *_PLAIN)))
    raise BadRules(why=f"{name} = {value!r} (known: {known})")


def _shares(what: str, shares: Any) -> dict[str, float]:
    if not isinstance(shares, Mapping):
        raise BadRules(why=f"the shares of {what} are not a table")
    for each, share in shares.items():
        number = isinstance(share, int | float) and not isinstance(share, bool)
        if each not in EXPLANATIONS or not number or not 0 < share < 1:
            raise BadRules(why=f"{each} = {share!r} in {what}")
    if sum(shares.values()) > 1 + 1e-9:
        raise BadRules(why=f"the shares of {what} add up to more than 1")
    return {each: float(share) for each, share in shares.items()}


def in_force(settings: Parameters, rules: Rules | None) -> InForce:
    """What the fold goes by: thresholds, how it treats an observation, shares before any sign (None: the
    starting ones)."""
    if rules is None:
        return settings, sense_of, None
    told = {name: getattr(rules, name) for name in ("memory_s", "signal_memory_s", *_PLAIN.values())}
    kept = {name: value for name, value in told.items() if value is not None}
    parameters = msgspec.structs.replace(settings, **kept)
    if not rules.alone and not rules.prior:
        return parameters, sense_of, None
    prior = {**PRIOR, **rules.prior}
    known = {**SENSES, **senses({**ALONE, **rules.alone}, prior)}
    return parameters, partial(sense_of, known=known), prior
