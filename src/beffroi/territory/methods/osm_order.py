"""Files whose objects are not in order (as Overpass often gives them), put in order.

Areas are put together by osmium, which needs nodes, ways and relations each by number.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any


def sort(path: Path, kind: str, target: Path) -> None:
    """Write the objects of `path` to `target` (.osm.pbf) in order, each once.

    Of an object given twice (a query may give it bare and whole) the one with more tags is kept.
    """
    import osmium  # loaded late: only an import needs it

    found: dict[tuple[int, int], Any] = {}
    ranks = {"n": 0, "w": 1, "r": 2}
    for each in osmium.FileProcessor(osmium.io.File(str(path), kind)):
        key = (ranks[each.type_str()], each.id)
        known = found.get(key)
        if known is None or len(known.tags) < len(each.tags):
            found[key] = _copy(each)
    with osmium.SimpleWriter(str(target)) as out:
        for key in sorted(found):
            out.add(found[key])


def _copy(each: Any) -> Any:
    """A copy that outlives the reader's buffer."""
    from osmium.osm import mutable

    tags = dict(each.tags)
    if each.is_node():
        place = (each.location.lon, each.location.lat) if each.location.valid() else None
        return mutable.Node(id=each.id, tags=tags, location=place)
    if each.is_way():
        return mutable.Way(id=each.id, tags=tags, nodes=[n.ref for n in each.nodes])
    members = [(m.type, m.ref, m.role) for m in each.members]
    return mutable.Relation(id=each.id, tags=tags, members=members)
