"""Finding a place by what someone says of it: no accents, no capitals, the beginnings of words.

`12 rue de l'eglise`, `pres de la boulangerie`, `gare`: little words say nothing and are dropped, what is
short for another word is written out, and every other word must begin a word of the place.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

_WORD = re.compile(r"[a-z0-9]+")
LITTLE = frozenset(
    {"a", "au", "aux", "d", "de", "des", "du", "en", "et", "face", "cote", "cotes", "devant", "derriere",
     "entre", "l", "la", "le", "les", "pres", "vers", "chez", "sur", "the", "of", "near", "by", "at", "in",
     "front", "behind", "next", "to"}
)  # fmt: skip
#: The little words that say 'not there, but near'.
_NEAR = frozenset({"pres", "face", "cote", "devant", "derriere", "vers", "near", "behind", "next"})
SHORT: Mapping[str, str] = MappingProxyType(
    {"bd": "boulevard", "bld": "boulevard", "av": "avenue", "st": "saint", "ste": "sainte", "rte": "route",
     "imp": "impasse", "pl": "place", "ch": "chemin", "che": "chemin", "all": "allee", "sq": "square",
     "r": "rue", "fg": "faubourg", "lot": "lotissement", "za": "zone"}
)  # fmt: skip
#: What the map calls a kind, and what people call it: French first, then English.
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "bakery": "boulangerie bakery",
        "pharmacy": "pharmacie pharmacy chemist",
        "post_office": "poste bureau de poste post office",
        "school": "ecole college lycee school",
        "kindergarten": "creche maternelle nursery",
        "university": "universite faculte university",
        "library": "bibliotheque mediatheque library",
        "bank": "banque bank",
        "atm": "distributeur atm",
        "fuel": "station service essence garage fuel petrol",
        "place_of_worship": "eglise temple mosquee synagogue church",
        "townhall": "mairie hotel de ville town hall",
        "police": "police gendarmerie commissariat",
        "fire_station": "pompiers caserne fire station",
        "hospital": "hopital clinique hospital",
        "doctors": "medecin cabinet medical doctor",
        "supermarket": "supermarche supermarket",
        "convenience": "epicerie superette grocery",
        "tobacco": "tabac presse tobacconist",
        "newsagent": "presse journaux newsagent",
        "butcher": "boucherie charcuterie butcher",
        "hairdresser": "coiffeur hairdresser",
        "jewelry": "bijouterie jeweller",
        "clothes": "vetements clothes",
        "florist": "fleuriste florist",
        "optician": "opticien optician",
        "restaurant": "restaurant",
        "fast_food": "restauration rapide fast food",
        "bar": "bar",
        "cafe": "cafe",
        "pub": "bar pub",
        "hotel": "hotel",
        "museum": "musee museum",
        "cinema": "cinema",
        "theatre": "theatre",
        "community_centre": "salle des fetes maison de quartier community centre",
        "social_facility": "foyer residence social",
        "nursing_home": "ehpad maison de retraite nursing home",
        "marketplace": "marche halles market",
        "parking": "parking stationnement car park",
        "toilets": "toilettes publiques toilets",
        "station": "gare station",
        "halt": "gare halte station",
        "tram_stop": "arret tram stop",
        "bus_station": "gare routiere bus station",
        "sports_centre": "gymnase stade salle de sport sports centre",
        "stadium": "stade stadium",
        "swimming_pool": "piscine swimming pool",
        "park": "parc jardin park",
        "garden": "jardin garden",
        "playground": "aire de jeux playground",
        "cemetery": "cimetiere cemetery",
        "camp_site": "camping",
        "monument": "monument",
        "memorial": "monument aux morts memorial",
        "square": "place square",
        "hamlet": "hameau lieu dit hamlet",
        "locality": "lieu dit locality",
        "neighbourhood": "quartier neighbourhood",
        "quarter": "quartier",
        "suburb": "quartier suburb",
        "village": "village bourg",
    }
)


class Entry(NamedTuple):
    """A place: what it is called, its kind and words beside, where it is (degrees), its doubt (m).

    `rank` orders equals: 0 a street, 1 a building or landmark, 2 an address.
    """

    name: str
    kind: str
    beside: str
    lat: float
    lon: float
    radius_m: float
    rank: int


def fold(text: str) -> str:
    """A text without accents, capitals or ligatures: `Église Sœur` -> `eglise soeur`."""
    plain = text.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae").replace("Æ", "ae")
    return unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode().lower()


def words(text: str) -> list[str]:
    """The words of a text, without accents, what is short written out."""
    return [SHORT.get(word, word) for word in _WORD.findall(fold(text).replace("'", " "))]


def asked(query: str) -> tuple[list[str], bool]:
    """The words of a question that count, and whether it says 'near'. Little words alone count."""
    said = words(query)
    telling = [word for word in said if word not in LITTLE]
    return telling or said, bool(_NEAR & set(said))


class PlaceIndex:
    """Places by the words that they are made of, sorted: the beginnings of a word are one stretch."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = list(entries)
        self._named = [words(each.name) for each in self.entries]
        self._known = [
            {*named, *words(KINDS.get(each.kind, each.kind.replace("_", " ")))}
            for each, named in zip(self.entries, self._named, strict=True)
        ]
        pairs: set[tuple[str, int]] = set()
        for number, each in enumerate(self.entries):
            pairs.update((word, number) for word in (*self._known[number], *words(each.beside)))
        ordered = sorted(pairs)
        self._words = [word for word, _ in ordered]
        self._numbers = [number for _, number in ordered]

    def _beginning(self, word: str) -> set[int]:
        start = bisect_left(self._words, word)
        end = bisect_left(self._words, word + "\uffff")
        return set(self._numbers[start:end])

    def search(self, query: str, limit: int) -> list[Entry]:
        """The places that bear every word asked, the likeliest first."""
        telling, near = asked(query)
        if not telling:
            return []
        found: set[int] | None = None
        for word in telling:
            held = self._beginning(word)
            found = held if found is None else found & held
            if not found:
                return []
        best = sorted(found or (), key=lambda number: self._order(number, telling, near))
        return [self.entries[number] for number in best[:limit]]

    def _order(self, number: int, telling: list[str], near: bool) -> tuple[int, ...]:
        """Landmarks first for who is near one, addresses first for who says a number."""
        entry, named = self.entries[number], self._named[number]
        whole = sum(word not in self._known[number] for word in telling)
        number_asked = any(word[0].isdigit() for word in telling)
        rank = -entry.rank if number_asked else entry.rank
        return (near and entry.rank != 1, whole, rank, not named, len(named), number)
