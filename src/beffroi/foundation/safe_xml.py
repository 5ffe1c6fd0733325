"""XML read without its dangers: no declaration of types or entities, in any of the formats that we read.

The parser is expat, as everywhere in Python. Every trick of XML (entities that grow, that read a file, that
call an address) needs a DOCTYPE: one is refused before anything in it is read.
"""

from __future__ import annotations

from typing import NoReturn, Protocol
from xml.parsers import expat

_BUFFER_BYTES = 1 << 20


class NotSafe(ValueError):
    """XML that is refused whatever it says."""


class Builder(Protocol):
    """What is told of the elements in turn; names are `namespace local`. May raise ValueError."""

    def start(self, name: str, attributes: dict[str, str], /) -> None:
        """An element begins."""

    def end(self, name: str, /) -> None:
        """It ends."""

    def text(self, said: str, /) -> None:
        """Text within it; may come in pieces."""


def read(content: bytes, builder: Builder) -> None:
    """Tell `builder` what the document holds. Raises ValueError (NotSafe among them) with why, in words."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text, parser.buffer_size = True, _BUFFER_BYTES
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.UnparsedEntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise ValueError(f"it is not well-formed XML: {error}") from None
    except LookupError:
        raise ValueError("its encoding is not known") from None


def _refuse(*_declared: object) -> NoReturn:
    raise NotSafe("it has a DOCTYPE or declares entities, which nothing that we read needs")
