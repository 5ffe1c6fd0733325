"""A plan changed and written again: one cell from a form, all cells from a sheet; as TOML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace

from beffroi.during.crisis.rules.plan import COMMAND, Cell, Level, Plan
from beffroi.during.crisis.rules.sheet import Fault, Line, key_of, unaccented

COLUMNS = ("cellule", "mission", "niveaux", "action")
NEEDED = ("cellule", "action")
_KEY_MOST = 30


def toml(plan: Plan) -> str:
    """A plan as its TOML."""
    parts = [f"title = {_string(plan.title)}", ""]
    for key, level in plan.levels.items():
        cells = ", ".join(_string(each) for each in level.cells)
        parts += [f"[levels.{key}]", *_said(words=level.words, help=level.help), f"cells = [{cells}]", ""]
    for key, cell in plan.cells.items():
        parts += [f"[cells.{key}]", *_said(words=cell.words, help=cell.help), f"[cells.{key}.steps]"]
        parts += [*_said(**dict(cell.steps)), ""]
    for key, draft in plan.messages.items():
        names = [each.name for each in fields(draft) if each.name not in ("key", "hours")]
        parts += [f"[messages.{key}]", *_said(**{name: getattr(draft, name) for name in names})]
        parts += [f"hours = {draft.hours}", ""]
    return "\n".join(parts)


def _said(**words: str) -> list[str]:
    return [f"{name} = {_string(value)}" for name, value in words.items()]


def _string(words: str) -> str:
    """A basic string of TOML: quotes, backslashes and control characters escaped."""
    made = []
    for each in words:
        if each in '"\\':
            made.append(f"\\{each}")
        elif ord(each) < 0x20 or ord(each) == 0x7F:
            made.append(f"\\u{ord(each):04x}")
        else:
            made.append(each)
    return f'"{"".join(made)}"'


def with_cell(plan: Plan, key: str, *, words: str, help_: str, steps: Sequence[str]) -> Plan:
    """The plan with one cell changed; a step whose words stay keeps its key."""
    cell = plan.cells[key]
    kept = _steps(steps, cell.steps)
    return replace(plan, cells={**plan.cells, key: Cell(key, words.strip(), help_.strip(), kept)})


def _steps(given: Sequence[str], before: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    known = {words: key for key, words in before}
    said = [each.strip() for each in given if each.strip()]
    taken = {known[each] for each in said if each in known}
    made: dict[str, str] = {}
    for each in said:
        key = known[each] if each in known and known[each] not in made else _fresh(each, {*taken, *made})
        made[key] = each
    return tuple(made.items())


def _fresh(words: str, taken: set[str]) -> str:
    """A short key made of words, unlike those taken."""
    letters = "".join(each if each.isascii() and each.isalnum() else "_" for each in unaccented(words))
    stem = "_".join(part for part in letters.split("_") if part)[:_KEY_MOST].strip("_")
    stem = stem if stem[:1].isalpha() else f"s_{stem}".strip("_")
    key, number = stem, 2
    while key in taken:
        key, number = f"{stem}_{number}", number + 1
    return key


def rows(plan: Plan) -> list[dict[str, str]]:
    """The cells and steps of a plan, a line a step, as its sheet has them."""
    found = []
    for key, cell in plan.cells.items():
        levels = ", ".join(each.words for each in plan.levels.values() if key in each.cells)
        for at, (_, words) in enumerate(cell.steps):
            first = {"mission": cell.help, "niveaux": levels} if at == 0 else {}
            found.append({"cellule": cell.words, "action": words, **first})
    return found


def from_sheet(lines: Sequence[Line], plan: Plan) -> tuple[Plan, list[Fault]]:
    """The plan with the cells and steps of a sheet, its levels and messages as they were.

    A cell keeps its key where its words are known. What begins at which level is told by the column
    `niveaux` of a cell's first line; where it is empty, as before, and a new cell begins with the last level.
    """
    found: dict[str, dict[str, object]] = {}
    faults: list[Fault] = []
    known = {key: cell.words for key, cell in plan.cells.items()}
    for line in lines:
        words, action = line.of("cellule"), line.of("action")
        if not words or not action:
            faults.append(Fault(line.number, "action" if words else "cellule", "empty", ""))
            continue
        key = key_of(words, known) or _fresh(words, set(known))
        known.setdefault(key, words)
        one = found.setdefault(key, {"words": words, "help": "", "steps": [], "levels": None})
        one["help"] = one["help"] or line.of("mission")
        steps = one["steps"]
        assert isinstance(steps, list)  # noqa: S101 - made above
        steps.append(action)
        if line.of("niveaux"):
            one["levels"] = _levels(line, plan, faults)
    if COMMAND not in found and not faults:
        faults.append(Fault(0, "cellule", "no_command", plan.cells[COMMAND].words))
    return (plan if faults else _made(plan, found)), faults


def _levels(line: Line, plan: Plan, faults: list[Fault]) -> list[str]:
    known = {key: each.words for key, each in plan.levels.items()}
    named = [each for each in line.of("niveaux").replace("/", ",").split(",") if each.strip()]
    keys = [key_of(each, known) for each in named]
    if None in keys:
        faults.append(Fault(line.number, "niveaux", "no_level", ", ".join(known.values())))
    return [each for each in keys if each is not None]


def _made(plan: Plan, found: Mapping[str, Mapping[str, object]]) -> Plan:
    cells = {}
    for key, one in found.items():
        before = plan.cells.get(key)
        steps = one["steps"]
        assert isinstance(steps, list)  # noqa: S101 - made by from_sheet
        words = str(one["words"])
        help_ = str(one["help"]) or (before.help if before else words)
        cells[key] = Cell(key, words, help_, _steps(steps, before.steps if before else ()))
    last = list(plan.levels)[-1]
    levels = {}
    for name, level in plan.levels.items():
        begins = [key for key, one in found.items() if _begins(key, one["levels"], plan, name, last)]
        levels[name] = Level(name, level.words, level.help, tuple(begins))
    return replace(plan, levels=levels, cells=cells)


def _begins(key: str, told: object, plan: Plan, level: str, last: str) -> bool:
    if key == COMMAND:
        return True
    if isinstance(told, list):
        return level in told
    return key in plan.levels[level].cells if key in plan.cells else level == last
