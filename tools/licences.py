"""Writes `docs/licences.md`: every library that Beffroi stands on, with its licence, from the lock files.

python -m tools.licences
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "licences.md"
_PINNED = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)
_SHORT = 60

#: Where the package's own metadata do not say, what its licence file says.
READ_BY_HAND = {
    "cedarpy": "Apache-2.0",
    "colorama": "BSD-3-Clause",
    "fido2": "BSD-2-Clause AND Apache-2.0 AND MPL-2.0",
    "pytest-django": "BSD-3-Clause",
    "qrcode": "BSD-3-Clause",
    "scipy": "BSD-3-Clause",
    "tzdata": "Apache-2.0",
    "@mapbox/jsonlint-lines-primitives": "MIT",
}
_BESIDES = """\
## Beside the libraries

- **Fonts**: Public Sans and Newsreader, SIL Open Font License 1.1, served by the installation itself.
- **Communes**: `@etalab/decoupage-administratif`: code MIT, data (Insee, DGFiP) Licence Ouverte 2.0.
- **Maps**: an imported map is © OpenStreetMap contributors, ODbL 1.0; the screens say so. None is shipped.
- **Messages in the tests**: Frigate's documentation (MIT), pysiaalarm's test frames (MIT).
- **Video codecs**: nothing of this version decodes video. The libraries that later rooms may use for it carry
  GPL codecs in their binary packages; they will be installed by whoever needs them, never redistributed here.
- **Programs run beside us, not linked**: `nats-server` (Apache-2.0); PostgreSQL, Mosquitto and Chromium
  from Debian, in system tests only.
"""


def _from_metadata(name: str) -> str:
    try:
        said = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
    if expression := said.get("License-Expression"):
        return str(expression)
    short = str(said.get("License") or "")
    if short and len(short) < _SHORT and "\n" not in short:
        return short
    classes = [each.rsplit("::", 1)[-1].strip() for each in said.get_all("Classifier") or []]
    return " / ".join(each for each in classes if "License" in each or each == "Public Domain")


def python_packages() -> list[tuple[str, str, str]]:
    """Name, version and licence of every package of the Python lock file."""
    pinned = _PINNED.findall((ROOT / "requirements" / "lock.txt").read_text())
    return [(name, version, READ_BY_HAND.get(name) or _from_metadata(name)) for name, version in pinned]


def browser_packages() -> list[tuple[str, str, str]]:
    """Name, version and licence of every package of the npm lock file."""
    packages = json.loads((ROOT / "frontend" / "package-lock.json").read_text())["packages"]
    found = {
        (path.rpartition("node_modules/")[2], str(each["version"])): str(each.get("license") or "")
        for path, each in packages.items()
        if path
    }
    return [
        (name, version, READ_BY_HAND.get(name) or said) for (name, version), said in sorted(found.items())
    ]


def _table(rows: list[tuple[str, str, str]]) -> list[str]:
    return ["| package | version | licence |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)]


def page() -> str:
    """The whole page."""
    lines = [
        "# Licences",
        "",
        "<!-- Written by `python -m tools.licences` from the lock files: change those, not this page. -->",
        "",
        "Beffroi is under the EUPL-1.2 ([LICENSE](../LICENSE)). It stands on these libraries, none of them",
        "GPL; psycopg (LGPL) is used as it comes, unchanged.",
        "",
        "## Python",
        "",
        *_table(python_packages()),
        "",
        "## Browser",
        "",
        "Only htmx, MapLibre GL with what it bundles, Lucide's pictures and the fonts reach a browser.",
        "",
        *_table(browser_packages()),
        "",
        _BESIDES,
    ]
    return "\n".join(lines)


def main() -> int:
    """Write the page; 1 when a licence is unknown."""
    rows = python_packages() + browser_packages()
    unknown = [name for name, _, said in rows if not said]
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page())
    if unknown:
        print(f"no licence known for {', '.join(unknown)}: read theirs, add them to READ_BY_HAND")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
