"""How images travel: from a decoder to the web process, and from there to a browser.

A decoder writes packets: one letter, when it was (ms since 1970), a length, then the content: `F` a JPEG,
`S` a state in JSON. To a browser the number of the look among those asked stands after the letter.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass

FRAME, STATE = b"F", b"S"
HEAD = struct.Struct(">cQI")
TOLD = struct.Struct(">cBQI")
#: No image of a decoder is larger: a packet that says so is damage.
LARGEST = 8_000_000

OPENING, LIVE, CUT, END, FULL = "opening", "live", "cut", "end", "full"
#: Why there is no image: nobody there, login refused, the stream stopped, nothing that can be read, and
#: NOT_HELD: the recorder has nothing of that time.
UNREACHABLE, DENIED, STOPPED, UNREADABLE = "unreachable", "denied", "stopped", "unreadable"
NOT_HELD = "not_held"
#: What it means that a recorder did not say where the span is, by the code of its error.
ASKED = {
    "eyes.camera_unreachable": UNREACHABLE,
    "eyes.camera_not_let_in": DENIED,
    "eyes.no_recording": NOT_HELD,
}


@dataclass(frozen=True, slots=True)
class Packet:
    """An image or a state, and when it was (ms since 1970)."""

    kind: bytes
    at_ms: int
    content: bytes

    def packed(self) -> bytes:
        """As a decoder writes it."""
        return HEAD.pack(self.kind, self.at_ms, len(self.content)) + self.content

    def told(self, number: int) -> bytes:
        """As a browser reads it, for the look of that number."""
        return TOLD.pack(self.kind, number, self.at_ms, len(self.content)) + self.content


def state(name: str, at_ms: int, **more: object) -> Packet:
    """A state as a packet."""
    return Packet(STATE, at_ms, json.dumps({"state": name, **more}).encode())
