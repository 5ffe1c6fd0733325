"""The timeline as one page that opens without a network: French and English, no script, nothing inline."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from beffroi.after.evidence.methods.labels import CODED, DETAILS, TIMES
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
    "time": ("Heure locale", "Local time"),
    "what": ("Ce qui s’est passé", "What happened"),
    "who": ("Auteur ou source", "Author or source"),
    "details": ("Précisions", "Details"),
    "proof": ("Preuve", "Proof"),
    "observation": ("vu", "seen"),
    "note": ("note écrite", "note written"),
    "entry": ("inscrit à la main courante", "written in the log"),
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
    body = "\n".join([_facts(case), _table(case, moments, words), _missing(case, words)])
    foot = f"<footer><p>{_both('check')}</p><p>{_both('names')}</p></footer>\n"
    return f"{head}<body>\n{banner}<main>\n{title}{body}\n{foot}</main>\n</body>\n</html>\n"


def _both(key: str, table: Mapping[str, tuple[str, str]] = OWN) -> str:
    french, english = table[key]
    if french == english:
        return escape(french)
    return f'{escape(french)} <span lang="en">{escape(english)}</span>'


def _said(code: str, words: Words) -> str:
    french, english = words(code, "fr"), words(code, "en")
    if french == english:
        return escape(french)
    return f'{escape(french)} <span lang="en">{escape(english)}</span>'


def _reason(code: Any, words: Words) -> str:
    """A code's words, or those of a reason: a code whose words have places for its parameters."""
    if not isinstance(code, Mapping):
        return _said(str(code), words)
    filled = []
    for language in ("fr", "en"):
        parts = {
            key: words(str(value), language) if key in ("explanation", "kind") else value
            for key, value in code.get("params", {}).items()
        }
        try:
            filled.append(words(str(code["code"]), language).format(**parts))
        except (KeyError, IndexError, ValueError):
            filled.append(str(code["code"]))  # the words of another version want what this one does not tell
    return f'{escape(filled[0])} <span lang="en">{escape(filled[1])}</span>'


def _facts(case: Case) -> str:
    rows = [
        ("territory", escape(case.territory)),
        ("incident", escape(case.incident)),
        ("sealed", f"{_local(case.sealed_at, ZoneInfo(case.zone))}, {OWN['by'][0]} {escape(case.sealed_by)}"),
    ]
    lines = "".join(f"<dt>{_both(key)}</dt><dd>{value}</dd>" for key, value in rows)
    return f"<dl>{lines}</dl>"


def _table(case: Case, moments: Sequence[Moment], words: Words) -> str:
    heads = ("time", "what", "who", "details", "proof")
    columns = "".join(f'<th scope="col">{_both(key)}</th>' for key in heads)
    zone = ZoneInfo(case.zone)
    rows = "\n".join(_line(each, words, zone) for each in moments)
    return f"<table>\n<thead><tr>{columns}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>"


def _line(each: Moment, words: Words, zone: ZoneInfo) -> str:
    how = _both(each.kind)
    details = _details(each.details, words, zone)
    return (
        f'<tr class="{each.kind}"><td><time datetime="{each.at.isoformat()}">'
        f"{_local(each.at, zone)}</time></td>"
        f"<td><strong>{_said(each.what, words)}</strong><small>{how}</small></td>"
        f"<td>{escape(each.who)}</td><td>{details}</td><td>{escape(each.proof)}</td></tr>"
    )


def _local(at: datetime, zone: ZoneInfo) -> str:
    """The local time to the millisecond, with how far it is from UTC."""
    there = at.astimezone(zone)
    offset = there.strftime("%z")
    day = there.strftime("%d/%m/%Y %H:%M:%S")
    return f"{day}<small>,{there.microsecond // 1000:03d} (UTC{offset[:3]}:{offset[3:]})</small>"


def _details(details: Mapping[str, Any], words: Words, zone: ZoneInfo) -> str:
    rows = []
    for key, value in details.items():
        if key == "exercise" or value in ("", None, [], {}, False):
            continue  # the banner tells of an exercise once for all
        label = _both(key, DETAILS) if key in DETAILS else escape(key)
        if key in TIMES:
            told = _local(datetime.fromisoformat(value), zone)
        elif key in CODED:
            codes = value if isinstance(value, list) else [value]
            told = "<br>".join(_reason(code, words) for code in codes)
        else:
            told = escape(_value(value))
        rows.append(f"<dt>{label}</dt><dd>{told}</dd>")
    return f"<dl>{''.join(rows)}</dl>" if rows else ""


def _value(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_value, value))
    if value is True:
        return "oui / yes"
    return f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _missing(case: Case, words: Words) -> str:
    lines = "".join(f"<li>{_absent(each, words)}</li>" for each in case.not_shown)
    inner = f"<ul>{lines}</ul>" if lines else f"<p>{_both('nothing')}</p>"
    return f"<h2>{_both('missing')}</h2>\n{inner}"


def _absent(each: Mapping[str, Any], words: Words) -> str:
    parts = each.get("parts", {})
    told = ", ".join(f"{words(str(key), 'fr')} ({_value(value)})" for key, value in parts.items())
    count = f" : {each['count']}" if "count" in each else ""
    return f"{_both(str(each['what']), NOT_SHOWN)}{count}{' : ' + escape(told) if told else ''}"
