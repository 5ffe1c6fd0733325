"""A real browser before a real server: uvicorn in a thread, Debian's Chromium, axe where it is installed."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
WAIT_MS = 15_000
expect.set_options(timeout=WAIT_MS)  # a busy machine is no defect of a page


def _lacking(what: str) -> None:
    if os.environ.get("BEFFROI_REQUIRE_SERVICES"):
        pytest.fail(f"{what} is required here")
    pytest.skip(f"{what} is not installed")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser; skips by name where there is none."""
    path = os.environ.get("BEFFROI_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        _lacking("chromium")
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright holds a loop in this thread
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
            yield browser
            browser.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@contextmanager
def serving() -> Iterator[str]:
    """The web process's own application on a free port, without its gate; its address."""
    from beffroi.house.asgi import application

    server = uvicorn.Server(uvicorn.Config(application, port=0, lifespan="off", log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + WAIT_MS / 1000
    while not server.started:
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    server.force_exit = True
    thread.join(WAIT_MS / 1000)


class Visitor:
    """One person before one browser: theme, language, size, and what went wrong on the pages."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context, self.address = context, address
        self.faults: list[str] = []

    def page(self) -> Page:
        """A new tab."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._noted)
        return page

    def _noted(self, message: Any) -> None:
        if message.type == "error":
            self.faults.append(message.text)


def visit(
    browser: Browser,
    address: str,
    session: str = "",
    *,
    theme: str = "dark",
    language: str = "en",
    size: tuple[int, int] = (1440, 900),
    **more: Any,
) -> Visitor:
    """A browser of its own for someone who is signed in by `session` (nobody: '')."""
    from django.conf import settings

    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale=language, color_scheme=theme, **more
    )
    cookies = {"beffroi_theme": theme, "django_language": language, settings.SESSION_COOKIE_NAME: session}
    context.add_cookies([{"name": n, "value": v, "url": address} for n, v in cookies.items() if v])
    context.set_default_timeout(WAIT_MS)
    return Visitor(context, address)


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA, one line each."""
    if not AXE.exists():
        _lacking("axe-core (npm ci in frontend/)")
    page.evaluate(AXE.read_text())
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("tags => axe.run({ runOnly: tags })", tags)["violations"]
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}" for each in found for node in each["nodes"]
    ]
