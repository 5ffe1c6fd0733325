"""Communes and intercommunal bodies (EPCI) of France, from npm's @etalab/decoupage-administratif.

The originals (12 MB) are made compact once; what stays is what a territory shows.
Census years differ between the two files: the population is always the one of
communes.json, and the EPCI's own list of members is used only to find the EPCI.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMUNES = "communes.json"
EPCI = "epci.json"


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune in force; `epci_*` are empty for one that belongs to none."""

    insee: str
    name: str
    department: str
    population: int | None
    epci_code: str
    epci_name: str
    epci_type: str


class Unknown(LookupError):
    """No commune in force has the code; the text says what the code is instead, where that is known."""


def compact(source_dir: Path, target_dir: Path) -> tuple[int, int]:
    """Write compact lists from the originals; returns how many communes and EPCI they hold.

    communes: code -> [name, department, population]; former: code -> [name, chief commune];
    epci: code -> [name, type, member codes]. Raises ValueError when an original is not the expected list.
    """
    communes, former = _communes(_list(source_dir / COMMUNES))
    epci = {
        str(each["code"]): [each["nom"], each["type"], [m["code"] for m in each["membres"]]]
        for each in _list(source_dir / EPCI)
    }
    target_dir.mkdir(parents=True, exist_ok=True)
    _write(target_dir / COMMUNES, {"communes": communes, "former": former})
    _write(target_dir / EPCI, {"epci": epci})
    return len(communes), len(epci)


def _communes(entries: list[dict[str, Any]]) -> tuple[dict[str, list[Any]], dict[str, list[str]]]:
    communes: dict[str, list[Any]] = {}
    former: dict[str, list[str]] = {}
    for each in entries:
        code = str(each["code"])
        if each["type"] == "commune-actuelle":
            communes[code] = [each["nom"], each.get("departement", ""), each.get("population")]
        else:  # delegated or associated communes and arrondissements: parts of another, `69381` of Lyon
            former[code] = [each["nom"], str(each.get("chefLieu") or each.get("commune") or "")]
    # A delegated commune often keeps the code of the commune in force: that one wins.
    return communes, {code: value for code, value in former.items() if code not in communes}


def _list(path: Path) -> list[dict[str, Any]]:
    found = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(found, list) or not found:
        raise ValueError(f"{path.name} is not a list of communes or EPCI")
    return found


def _write(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def find(data_dir: Path, insee: str) -> Commune:
    """The commune in force with this INSEE code.

    Raises FileNotFoundError when the lists are not installed, Unknown when there is none.
    """
    lists = json.loads((data_dir / COMMUNES).read_text(encoding="utf-8"))
    code = insee.strip().upper()
    if code not in lists["communes"]:
        raise Unknown(_what_it_is(lists, code))
    name, department, population = lists["communes"][code]
    epci = json.loads((data_dir / EPCI).read_text(encoding="utf-8"))["epci"]
    for epci_code, (epci_name, epci_type, members) in epci.items():
        if code in members:
            return Commune(code, name, department, population, epci_code, epci_name, epci_type)
    return Commune(code, name, department, population, "", "", "")


def _what_it_is(lists: dict[str, Any], code: str) -> str:
    if code not in lists["former"]:
        return ""
    name, chief = lists["former"][code]
    of = lists["communes"].get(chief, [chief])[0]
    return f" {code} is {name}, a part of {of} ({chief})."
