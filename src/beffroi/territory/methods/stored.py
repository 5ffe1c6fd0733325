"""Arrays of a town as they lie on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

#: A mapped file keeps a descriptor open as long as it lives, and a town has 35 files: a centre of many
#: communes would run out of them. The arrays of a whole canton are below this (Geneva: 2.4 MB in all).
_READ_MOST_BYTES = 4_194_304


def load(file: Path) -> np.ndarray[Any, Any]:
    """The array in `file` (.npy), read; mapped when it is large. Raises OSError, ValueError."""
    large = file.stat().st_size > _READ_MOST_BYTES
    found: np.ndarray[Any, Any] = np.load(file, mmap_mode="r" if large else None, allow_pickle=False)
    found = found.view(np.ndarray)
    found.flags.writeable = False
    return found
