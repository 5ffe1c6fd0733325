"""The people of a plan: their roles in a cell, and a list of them read from a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from beffroi.during.crisis.rules.sheet import Fault, Line, key_of, unaccented

LEAD, DEPUTY, MEMBER = "lead", "deputy", "member"
#: In the order in which they are called.
ROLES = (LEAD, DEPUTY, MEMBER)
COLUMNS = ("cellule", "role", "nom", "courriel", "telephone", "fonction")
NEEDED = ("cellule",)
_ROLES = {
    "": MEMBER,
    "membre": MEMBER,
    "member": MEMBER,
    "responsable": LEAD,
    "chef": LEAD,
    "lead": LEAD,
    "suppleant": DEPUTY,
    "suppleante": DEPUTY,
    "adjoint": DEPUTY,
    "deputy": DEPUTY,
}
NAME_MOST, TASK_MOST = 80, 120


@dataclass(frozen=True, slots=True)
class Seated:
    """A member in a cell, by the address that they sign in with; `line` of the sheet."""

    line: int
    cell: str
    role: str
    email: str


@dataclass(frozen=True, slots=True)
class Outside:
    """Somebody outside, with a telephone."""

    line: int
    cell: str
    name: str
    task: str
    number: str


def read(lines: list[Line], cells: Mapping[str, str]) -> tuple[list[Seated], list[Outside], list[Fault]]:
    """The people of a sheet. `cells`: key and words of each cell of the plan.

    A line with an address is a member of the installation; one without is somebody outside.
    """
    seated: list[Seated] = []
    outside: list[Outside] = []
    faults: list[Fault] = []
    for line in lines:
        made = _person(line, cells)
        if isinstance(made, Fault):
            faults.append(made)
        elif isinstance(made, Seated):
            twice = next((o for o in seated if (o.cell, o.email) == (made.cell, made.email)), None)
            if twice is not None:
                faults.append(Fault(line.number, "courriel", "twice", str(twice.line)))
            seated.append(made)
        else:
            outside.append(made)
    return seated, outside, faults


def _person(line: Line, cells: Mapping[str, str]) -> Seated | Outside | Fault:
    cell = key_of(line.of("cellule"), cells)
    if cell is None:
        return Fault(line.number, "cellule", "no_cell", ", ".join(cells.values()))
    email, name = line.of("courriel").lower(), line.of("nom")
    if email:
        return _member(line, cell, email)
    if not name or len(name) > NAME_MOST or not line.of("telephone"):
        lacking = ("telephone", "no_number") if 0 < len(name) <= NAME_MOST else ("nom", "no_name")
        return Fault(line.number, *lacking, str(NAME_MOST))
    return Outside(line.number, cell, name, line.of("fonction")[:TASK_MOST], line.of("telephone"))


def _member(line: Line, cell: str, email: str) -> Seated | Fault:
    role = _ROLES.get(unaccented(line.of("role")))
    if role is None:
        return Fault(line.number, "role", "no_role", "responsable, suppléant, membre")
    if "@" not in email:
        return Fault(line.number, "courriel", "no_address", email)
    return Seated(line.number, cell, role, email)
