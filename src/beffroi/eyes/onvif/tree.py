"""A document read safely, bounded in size, depth and count.

Elements are found by their local names: makers and versions disagree on namespaces, never on names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from beffroi.foundation import safe_xml
from beffroi.foundation.safe_xml import NotSafe

#: Capabilities with every service come to some 20 kB, 100 events to some 100 kB.
LARGEST = 1 << 20
_DEEPEST = 32
_MOST = 20_000


@dataclass(slots=True)
class Element:
    """An element: its namespace, local name, own text, attributes (by local name) and elements."""

    space: str
    name: str
    text: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    elements: list[Element] = field(default_factory=list)

    def all(self, *path: str) -> list[Element]:
        """The elements at the end of a path of local names."""
        found = [self]
        for name in path:
            found = [each for one in found for each in one.elements if each.name == name]
        return found

    def first(self, *path: str) -> Element | None:
        """The first element at the end of a path, or None."""
        return next(iter(self.all(*path)), None)

    def said(self, *path: str) -> str:
        """The text of the first element at the end of a path, stripped; '' where there is none."""
        found = self.first(*path)
        return found.text.strip() if found is not None else ""

    def walk(self) -> Iterator[Element]:
        """This element and all below it."""
        yield self
        for each in self.elements:
            yield from each.walk()

    def written(self, more: str = "") -> str:
        """The element as XML again (`more`: attributes to add, already written)."""
        attributes = "".join(f' {name}="{escape(said)}"' for name, said in self.attributes.items())
        inner = escape(self.text, quote=False) + "".join(each.written() for each in self.elements)
        return f'<{self.name} xmlns="{escape(self.space)}"{attributes}{more}>{inner}</{self.name}>'


class _Builder:
    def __init__(self) -> None:
        self._path: list[Element] = []
        self._count = 0
        self.root: Element | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._path) >= _DEEPEST or self._count > _MOST:
            raise NotSafe("it nests too deeply or holds too many elements")
        space, _, local = name.rpartition(" ")
        element = Element(
            space, local, "", {key.rpartition(" ")[2]: said for key, said in attributes.items()}
        )
        if self._path:
            self._path[-1].elements.append(element)
        else:
            self.root = element
        self._path.append(element)

    def end(self, _name: str) -> None:
        self._path.pop()

    def text(self, said: str) -> None:
        if self._path:
            self._path[-1].text += said


def parsed(content: bytes) -> Element:
    """The root element. Raises ValueError (NotSafe among them) with why, in words."""
    if len(content) > LARGEST:
        raise NotSafe("it is larger than any answer should be")
    builder = _Builder()
    safe_xml.read(content, builder)
    if builder.root is None:
        raise ValueError("it holds no element")
    return builder.root
