"""Static files are looked for once a process: each `Client` of a test has the middleware made anew."""

from __future__ import annotations

from servestatic.base import Redirect, StaticFile
from servestatic.middleware import ServeStaticMiddleware


def let_static_files_be_found_once() -> None:
    """Give each new middleware the files that the first one found under the same address."""
    find = ServeStaticMiddleware.add_files_from_finders
    found: dict[str, tuple[dict[str, StaticFile | Redirect], list[tuple[str, str]]]] = {}

    def once(self: ServeStaticMiddleware) -> None:
        if self.static_prefix not in found:
            find(self)
            found[self.static_prefix] = (self.files, self.directories)
        files, directories = found[self.static_prefix]
        self.files, self.directories = dict(files), list(directories)

    ServeStaticMiddleware.add_files_from_finders = once
