"""Static files under an address that changes with their content.

All live below /static/<digest>/, so a browser may keep them for ever, and modules may
import each other by relative paths: no file is rewritten and none is collected.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def digest(folders: Iterable[Path]) -> str:
    """Ten hexadecimal digits that change when a file below `folders` does (path, size or time)."""
    state = hashlib.sha256()
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                about = file.stat()
                state.update(f"{file.relative_to(folder)} {about.st_size} {about.st_mtime_ns}\n".encode())
    return state.hexdigest()[:10]


def immutable(_path: str, _url: str) -> bool:
    """ServeStatic asks whether a file may be kept for ever: every one may."""
    return True
