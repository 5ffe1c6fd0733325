"""Python's collector of cycles, in processes that last and through which very many small things pass."""

from __future__ import annotations

import gc

#: New containers before the young are looked through, and how often each look goes one generation further.
#: Observations come by the thousand and hold no cycles: with Python's 700 the collector, looking through
#: those that wait, took a sixth of the engine's time and a third of what making an observation cost.
_THRESHOLDS = 20_000, 20, 20


def settle() -> None:
    """Tell the collector that what is loaded stays.

    A full collection otherwise walks through all of Django, holding every request up for its length
    (measured: 60 to 320 ms), which sources and consoles would feel.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
