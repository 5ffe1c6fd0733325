"""A real browser, driven as a referent with a telephone and as an operator at the desk."""

from __future__ import annotations

import os
import shutil

import pytest
from playwright.sync_api import Page, expect, sync_playwright

_WAIT_MS = 15_000
expect.set_options(timeout=_WAIT_MS)  # a busy machine is no defect of a page


class Desk:
    """The duty desk as the operator sees it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def wait_for(self, badge: str) -> str:
        """The identifier of the first incident with this badge, once it is painted."""
        row = self.page.locator(f'.row[data-badge="{badge}"]').first
        row.wait_for(state="visible", timeout=_WAIT_MS)
        return row.get_attribute("data-id") or ""

    def open(self, incident: str) -> None:
        """Open its sheet from the queue."""
        self.page.locator(f"#row-{incident}").click()
        self.page.locator(f'#fiche[data-id="{incident}"]').wait_for(timeout=_WAIT_MS)
        expect(self.page.locator("#fiche .unit").first).to_be_visible(timeout=_WAIT_MS)

    def words(self) -> str:
        """All that the sheet says."""
        return self.page.locator("#fiche").inner_text()

    def banner(self) -> str:
        """What stands above everything in an exercise."""
        return self.page.locator("#exercise-place").inner_text()

    def units(self) -> list[str]:
        """The units proposed, in their order."""
        return [text.strip() for text in self.page.locator("#fiche .unit .mark").all_inner_texts()]

    def press(self, key: str, *, until: str) -> None:
        """Press a key of the desk and wait until the button of the next (a selector) is there."""
        expect(self.page.locator(f'#fiche [data-key="{key}"]')).to_be_visible(timeout=_WAIT_MS)
        self.page.keyboard.press(key)
        expect(self.page.locator(f'#fiche [data-key="{key}"]')).to_have_count(0, timeout=_WAIT_MS)
        expect(self.page.locator(f"#fiche {until}").first).to_be_visible(timeout=_WAIT_MS)

    def close(self, outcome: str) -> None:
        """Close with an outcome, by its dialog."""
        self.page.keyboard.press("c")
        dialog = self.page.locator('dialog[data-dialog="close"]')
        expect(dialog).to_be_visible(timeout=_WAIT_MS)
        dialog.locator(f'input[name="outcome"][value^="{outcome}"]').first.check()
        dialog.locator("button.ours").click()
        expect(self.page.locator("#fiche .outcome")).to_be_visible(timeout=_WAIT_MS)

    def ledger(self) -> str:
        """The time ledger's words."""
        return self.page.locator("#fiche .ledger").inner_text()


class Browser:
    """Debian's Chromium."""

    def __init__(self, path: str) -> None:
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])

    @classmethod
    def or_skip(cls) -> Browser:
        """The browser; skips by name where there is none, fails where services are required."""
        path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if path is None:
            if os.environ.get("BEFFROI_REQUIRE_SERVICES"):
                pytest.fail("chromium is required here")
            pytest.skip("chromium is not installed")
        return cls(path)

    def _page(self, width: int, height: int, *, mobile: bool = False) -> Page:
        context = self._browser.new_context(
            viewport={"width": width, "height": height}, locale="fr-FR", has_touch=mobile
        )
        context.set_default_timeout(_WAIT_MS)
        return context.new_page()

    def _sign_in(self, page: Page, address: str, email: str, password: str) -> None:
        page.goto(address)
        page.locator('input[name="login"]').fill(email)
        page.locator('input[name="password"]').fill(password)
        page.locator("form button.ours").click()
        page.wait_for_url(address)

    def signed_in(self, address: str, email: str, password: str, *, mobile: bool = False) -> Page:
        """A page, on a desk or on a telephone, once somebody signed in to see it."""
        page = self._page(*((390, 844) if mobile else (1440, 900)), mobile=mobile)
        self._sign_in(page, address, email, password)
        return page

    def report_van(self, url: str, email: str, password: str, *, street: str) -> None:
        """A referent on a telephone: a vehicle, slowly, in this street, half an hour ago."""
        page = self.signed_in(f"{url}/signaler/", email, password, mobile=True)
        page.locator('input[name="what"][value="signal.vehicle_slow"]').check(force=True)
        page.locator('input[name="signal.vehicle_slow.vehicle"][value="van"]').check(force=True)
        page.locator('input[name="signal.vehicle_slow.moving"][value="slowly"]').check(force=True)
        page.locator("#street").fill(street)
        page.locator('input[name="age"][value="30"]').check(force=True)
        page.locator(".send button").click()
        page.wait_for_url("**/signaler/*-*/")
        page.context.close()

    def open_desk(self, url: str, email: str, password: str) -> Desk:
        """The duty desk, signed in."""
        return Desk(self.signed_in(f"{url}/veille/", email, password))

    def close(self) -> None:
        """Leave no browser behind."""
        self._browser.close()
        self._playwright.stop()
