"""The timeline as one page that opens without a network: French and English, no script, nothing inline."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from beffroi.after.evidence.methods.shapes import Case
from beffroi.after.evidence.methods.timeline import Moment

Words = Callable[[str, str], str]
"""Gives the words of a code ('incident.opened', 'presence.person' …) in a language, 'fr' or 'en'."""

OWN: Mapping[str, tuple[str, str]] = {
    "title": ("Chronologie de l’intervention", "Timeline of the incident"),
    "exercise": ("EXERCICE : rien de ceci n’a eu lieu", "EXERCISE: none of this took place"),
    "territory": ("Territoire", "Territory"),
    "incident": ("Identifiant", "Identifier"),
    "sealed": ("Scellé le", "Sealed"),
    "by": ("par", "by"),
    "time": ("Heure (UTC)", "Time (UTC)"),
    "what": ("Ce qui s’est passé", "What happened"),
    "who": ("Auteur ou source", "Author or source"),
    "details": ("Précisions", "Details"),
    "proof": ("Preuve", "Proof"),
    "seen": ("vu", "seen"),
    "written": ("inscrit à la main courante", "written in the log"),
    "missing": ("Ce qui n’est pas montré", "What is not shown"),
    "nothing": (
        "Rien d’autre n’est connu de ce logiciel pour cette intervention.",
        "This software knows of nothing else for this incident.",
    ),
    "check": (
        "Cette page se lit, elle ne prouve rien seule : LISEZMOI.txt dit comment vérifier le dossier.",
        "This page is to be read and proves nothing alone: LISEZMOI.txt says how to verify the package.",
    ),
    "names": (
        "Les personnes sont désignées par un identifiant ; la commune en donne le nom sur réquisition.",
        "People are named by an identifier; the town tells their name on requisition.",
    ),
}

NOT_SHOWN: Mapping[str, tuple[str, str]] = {
    "images": (
        "Images : aucune n’est dans ce dossier (les enregistrements se demandent par réquisition).",
        "Images: none is in this package (recordings are asked for by requisition).",
    ),
    "explanations": (
        "Autres explications envisagées par le logiciel, avec leur part",
        "Other explanations that the software weighed, with their share",
    ),
    "erased_observations": (
        "Observations dont le contenu a été effacé, son délai légal passé",
        "Observations whose content was erased, its legal time being over",
    ),
    "pruned_bodies": (
        "Inscriptions dont le contenu a été effacé, son délai légal passé",
        "Entries whose content was erased, their legal time being over",
    ),
    "other_observations": (
        "Observations du même territoire, reçues pendant l’intervention et non retenues, par genre",
        "Observations of the same territory, received meanwhile and not taken in, by kind",
    ),
    "unread_messages": (
        "Messages reçus pendant l’intervention que le logiciel n’a pas su lire",
        "Messages received meanwhile that the software could not read",
    ),
    "erased_notes": (
        "Notes dont le texte a été effacé",
        "Notes whose text was erased",
    ),
}


def render(case: Case, moments: Sequence[Moment], words: Words) -> str:
    """The whole page; `timeline.css` stands beside it."""
    head = (
        f'<!doctype html>\n<html lang="fr">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(case.reference)} – {OWN['title'][0]}</title>\n"
        f'<link rel="stylesheet" href="timeline.css">\n</head>\n'
    )
    banner = f'<p class="exercise" role="note">{_both("exercise")}</p>\n' if case.exercise else ""
    title = f"<h1>{escape(case.reference)}<small>{_both('title')}</small></h1>\n"
    body = "\n".join([_facts(case), _table(moments, words), _missing(case, words)])
    foot = f"<footer><p>{_both('check')}</p><p>{_both('names')}</p></footer>\n"
    return f"{head}<body>\n{banner}<main>\n{title}{body}\n{foot}</main>\n</body>\n</html>\n"


def _both(key: str, table: Mapping[str, tuple[str, str]] = OWN) -> str:
    french, english = table[key]
    return f'{escape(french)} <span lang="en">{escape(english)}</span>'


def _said(code: str, words: Words) -> str:
    return f'{escape(words(code, "fr"))} <span lang="en">{escape(words(code, "en"))}</span>'


def _facts(case: Case) -> str:
    rows = [
        ("territory", case.territory),
        ("incident", case.incident),
        ("sealed", f"{case.sealed_at:%Y-%m-%d %H:%M:%S} UTC, {OWN['by'][0]} {case.sealed_by}"),
    ]
    lines = "".join(f"<dt>{_both(key)}</dt><dd>{escape(value)}</dd>" for key, value in rows)
    return f"<dl>{lines}</dl>"


def _table(moments: Sequence[Moment], words: Words) -> str:
    columns = "".join(
        f'<th scope="col">{_both(key)}</th>' for key in ("time", "what", "who", "details", "proof")
    )
    rows = "\n".join(_line(each, words) for each in moments)
    return f"<table>\n<thead><tr>{columns}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>"


def _line(each: Moment, words: Words) -> str:
    how = _both("seen" if each.kind == "observation" else "written")
    time = each.at.strftime("%Y-%m-%d %H:%M:%S")
    milliseconds = f"{each.at.microsecond // 1000:03d}"
    return (
        f'<tr class="{each.kind}"><td><time datetime="{each.at.isoformat()}">{time}'
        f"<small>,{milliseconds}</small></time></td>"
        f"<td><strong>{_said(each.what, words)}</strong><small>{how}</small></td>"
        f"<td>{escape(each.who)}</td><td>{_details(each.details)}</td><td>{escape(each.proof)}</td></tr>"
    )


def _details(details: Mapping[str, Any]) -> str:
    shown = [(key, value) for key, value in details.items() if value not in ("", None, [], {}, False)]
    if not shown:
        return ""
    rows = "".join(f"<dt>{escape(key)}</dt><dd>{escape(_value(value))}</dd>" for key, value in shown)
    return f"<dl>{rows}</dl>"


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_value(inner)}" for key, inner in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_value, value))
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _missing(case: Case, words: Words) -> str:
    lines = "".join(f"<li>{_absent(each, words)}</li>" for each in case.not_shown)
    inner = f"<ul>{lines}</ul>" if lines else f"<p>{_both('nothing')}</p>"
    return f"<h2>{_both('missing')}</h2>\n{inner}"


def _absent(each: Mapping[str, Any], words: Words) -> str:
    parts = each.get("parts", {})
    told = ", ".join(f"{words(str(key), 'fr')} ({_value(value)})" for key, value in parts.items())
    count = f" : {each['count']}" if "count" in each else ""
    return f"{_both(str(each['what']), NOT_SHOWN)}{count}{' : ' + escape(told) if told else ''}"
