"""The elements of one namespace, of a document read safely."""

from __future__ import annotations

from dataclasses import dataclass, field

from beffroi.foundation import safe_xml
from beffroi.foundation.safe_xml import NotSafe

#: Alerts have about 20 elements an area; signatures nest about 8 deep.
_DEEPEST = 32
_MOST = 10_000


@dataclass(slots=True)
class Element:
    """An element by its local name, its own text, and its elements by theirs, in their order."""

    name: str
    text: str = ""
    elements: dict[str, list[Element]] = field(default_factory=dict)

    def all(self, name: str) -> list[Element]:
        """The elements of that name."""
        return self.elements.get(name, [])

    def texts(self, name: str) -> list[str]:
        """What the elements of that name say, the empty ones left out."""
        return [said for each in self.all(name) if (said := each.text.strip())]

    def one(self, name: str) -> str:
        """What the only element of that name says, '' where there is none. Raises ValueError for two."""
        found = self.texts(name)
        if len(found) > 1:
            raise ValueError(f"{name} is there {len(found)} times")
        return found[0] if found else ""


class _Builder:
    """Keeps the elements of one namespace; an element of another is passed over with all that it holds."""

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace
        self._path: list[Element] = []
        self._depth = self._skipped_at = self._count = 0
        self.root: Element | None = None

    def start(self, name: str, _attributes: object) -> None:
        self._depth += 1
        self._count += 1
        if self._depth > _DEEPEST or self._count > _MOST:
            raise NotSafe("it nests too deeply or holds too many elements")
        space, _, local = name.rpartition(" ")
        if self._skipped_at:
            return
        if space != self._namespace:
            if self._depth == 1:
                raise NotSafe(f"it is {local[:40]} of {space[:80] or 'no namespace'}")
            self._skipped_at = self._depth
            return
        element = Element(local)
        if self._path:
            self._path[-1].elements.setdefault(local, []).append(element)
        else:
            self.root = element
        self._path.append(element)

    def end(self, _name: str) -> None:
        if not self._skipped_at:
            self._path.pop()
        elif self._skipped_at == self._depth:
            self._skipped_at = 0
        self._depth -= 1

    def text(self, said: str) -> None:
        if self._path and not self._skipped_at:
            self._path[-1].text += said


def parsed(content: bytes, namespace: str) -> Element:
    """The root element. Raises ValueError (NotSafe among them) with why, in words."""
    builder = _Builder(namespace)
    safe_xml.read(content, builder)
    if builder.root is None:
        raise ValueError("it holds no element")
    return builder.root
