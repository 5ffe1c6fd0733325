"""What a source said last, in a memory with an end: of a state that lasts only its changes are news.

A message that could not be kept is read again, and what a broker retained comes again at each connection:
the very same message always gets the key that it got first, so that nothing is lost and nothing is new twice.
"""

from __future__ import annotations

from collections import OrderedDict
from hashlib import blake2b
from typing import NamedTuple

_MOST = 20_000
_KEY_LONGEST = 200


class _Known(NamedTuple):
    """The state that stands, the key under which it was told, and the message that told it."""

    state: str
    key: str
    message: int | None


class Changes:
    """The last state of each thing that a connector hears of; the longest unheard is forgotten first."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._known: OrderedDict[tuple[str, ...], _Known] = OrderedDict()

    def state_of(self, thing: tuple[str, ...]) -> str | None:
        """The state in which a thing was heard of last, or None."""
        known = self._known.get(thing)
        return None if known is None else known.state

    def learn(self, thing: tuple[str, ...], state: str, key: str = "", message: bytes | None = None) -> None:
        """Remember a state that is no news, where nothing was known.

        With its `message`, the state is told should that very message come again in another way.
        """
        if thing not in self._known:
            self._keep(thing, _Known(state, key, None if message is None else hash(message)))

    def told(self, thing: tuple[str, ...], state: str, key: str, message: bytes) -> str | None:
        """The key under which `state` is to be told: `key` where it is new, None where it stands already."""
        known = self._known.get(thing)
        if known is not None and known.state == state:
            self._known.move_to_end(thing)
            return known.key if known.message == hash(message) else None
        self._keep(thing, _Known(state, key, hash(message)))
        return key

    def forget(self, thing: tuple[str, ...]) -> None:
        """Nothing is known of a thing any more."""
        self._known.pop(thing, None)

    def _keep(self, thing: tuple[str, ...], known: _Known) -> None:
        self._known[thing] = known
        self._known.move_to_end(thing)
        if len(self._known) > self._most:
            self._known.popitem(last=False)

    def __len__(self) -> int:
        return len(self._known)


def key_of(*parts: str) -> str:
    """A key made of parts, 200 characters at most: what is longer ends in its own digest."""
    whole = ":".join(parts)
    if len(whole) <= _KEY_LONGEST:
        return whole
    return f"{whole[:160]}#{blake2b(whole.encode('utf-8', 'surrogatepass'), digest_size=16).hexdigest()}"
