"""How soon what is received is painted: a real browser, 49 other consoles, 1,000 observations a second."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import httpx
from benchmarks._report import Figure, at_most

_ADDRESS = re.compile(r"https?://[\d.]+:\d+")
_CONSOLES = 49
_RATE = 1_000
_BATCH = 50
_PROBE_S = 0.5
# The load's first seconds open some sixty incidents at once (people seen at night at a hundred places, each
# for the first time): that onset is not what the budget is about, and is left out.
_ONSET_S = 5.0
_ARGUMENTS = (
    "--headless --no-sandbox --enable-unsafe-swiftshader --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)
# Says, for each incident, when the frame after its row was put in the page had been painted.
_WATCH = """() => {
  window.painted = {};
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) {
      if (!node.classList?.contains("row")) continue;
      const id = node.dataset.id;
      if (id in window.painted) continue;
      window.painted[id] = 0;
      requestAnimationFrame(() => setTimeout(() => { window.painted[id] = Date.now(); }));
    }
  }).observe(document.getElementById("file"), { childList: true, subtree: true });
}"""


@dataclass
class House:
    """A started installation: its address, a source's token, an operator's session."""

    address: str
    token: str
    cookie: dict[str, str]


@contextmanager
def _house(town: str) -> Iterator[House]:
    from django.conf import settings
    from django.test import Client

    from beffroi.during.intake.actions import declare_source
    from beffroi.people.models import Member

    client = Client()
    client.force_login(Member.objects.get(email="desk@bench.example"))
    token = declare_source(territory=town, key=f"load-{os.getpid()}", connector="http", exercise=True).token
    ports = {"BEFFROI_PORT": "0", "BEFFROI_MQTT_PORT": "0", "BEFFROI_DC09_PORT": "0"}
    process = subprocess.Popen(
        [sys.executable, "-m", "beffroi", "up"],
        env={**os.environ, "BEFFROI_CONFIG": os.devnull, **ports},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        address = next(found[0] for line in process.stdout if (found := _ADDRESS.search(line)))
        threading.Thread(target=process.stdout.read, daemon=True).start()
        for _ in range(200):
            try:
                httpx.get(address, timeout=2)
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        cookie = {settings.SESSION_COOKIE_NAME: str(client.session.session_key)}
        yield House(address, token, cookie)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


class Crowd:
    """The other consoles and the load, on a loop in a thread of their own."""

    def __init__(self, house: House, town: str, seconds: float) -> None:
        self._house, self._town, self._seconds = house, town, seconds
        self.refused = 0
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live()), daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def join(self) -> None:
        """Wait until the load is over."""
        self._thread.join(self._seconds + 60)

    async def _live(self) -> None:
        async with httpx.AsyncClient(
            base_url=self._house.address, cookies=self._house.cookie, timeout=30
        ) as client:
            consoles = [asyncio.create_task(self._console(client)) for _ in range(_CONSOLES)]
            await asyncio.sleep(2)
            await self._load(client)
            await asyncio.sleep(2)
            for console in consoles:
                console.cancel()

    async def _console(self, client: httpx.AsyncClient) -> None:
        async with client.stream("GET", "/veille/flux?lang=fr", timeout=None) as stream:
            async for _ in stream.aiter_raw():
                pass

    async def _load(self, client: httpx.AsyncClient) -> None:
        headers = {"Authorization": f"Bearer {self._house.token}"}
        began, sent, probes = time.perf_counter(), 0, 0
        waiting: set[asyncio.Task[httpx.Response]] = set()
        while (now := time.perf_counter() - began) < self._seconds:
            if now >= _ONSET_S + probes * _PROBE_S:
                probes += 1
                body = [_probe(probes)]
            elif sent < now * _RATE:
                body = [_background(sent + each) for each in range(_BATCH)]
                sent += _BATCH
            else:
                await asyncio.sleep(0.005)
                continue
            post = client.post("/api/v1/observations", json={"observations": body}, headers=headers)
            task = asyncio.create_task(post)
            waiting.add(task)
            task.add_done_callback(waiting.discard)
            task.add_done_callback(self._count)
        await asyncio.gather(*waiting, return_exceptions=True)

    def _count(self, task: asyncio.Task[httpx.Response]) -> None:
        failed = task.cancelled() or task.exception() is not None
        self.refused += failed or task.result().status_code >= 300


def _background(number: int) -> dict[str, object]:
    """What a town's cameras and detectors say all day: passers-by and vehicles, at a hundred places."""
    kind = ("presence.person", "presence.vehicle", "device.online")[number % 3]
    place = number % 100
    return {
        "key": f"b-{os.getpid()}-{number}",
        "kind": kind,
        "device": f"BG-{place}",
        "lat": 47.60 + place // 10 * 0.01,
        "lon": -2.10 + place % 10 * 0.01,
        "certainty": 0.3,
    }


def _probe(number: int) -> dict[str, object]:
    """An alarm far from every other: it opens an incident of its own."""
    return {
        "key": f"p-{os.getpid()}-{number}",
        "kind": "intrusion.door",
        "device": f"PROBE-{os.getpid()}-{number}",
        "lat": 40.0 + os.getpid() % 900 * 0.01,
        "lon": -1.0 - number * 0.01,
    }


def _painted(house: House, crowd: Crowd, seconds: float) -> dict[str, float]:
    """When each incident was painted (s since 1970), in a browser that looks at the desk meanwhile."""
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright holds a loop in this thread
    path = os.environ.get("BEFFROI_CHROMIUM") or shutil.which("chromium")
    if path is None:
        return {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS.split())
        context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        context.add_cookies([{"name": n, "value": v, "url": house.address} for n, v in house.cookie.items()])
        page = context.new_page()
        page.goto(f"{house.address}/veille/")
        page.wait_for_selector('body[data-link="live"]', timeout=30_000)
        page.evaluate(_WATCH)
        crowd.start()
        page.wait_for_timeout((seconds + 8) * 1000)
        crowd.join()
        painted = page.evaluate("window.painted")
        browser.close()
    return {incident: at / 1000 for incident, at in painted.items() if at}


def _received() -> dict[str, datetime]:
    """When the first sign of each probe's incident was received."""
    from beffroi.during.fusion.models import Sign

    found = Sign.objects.filter(device__startswith=f"PROBE-{os.getpid()}-")
    return {str(sign.hypothesis_id): sign.received_at for sign in found}


def _steps(incidents: list[str]) -> dict[str, list[float]]:
    """Where the time of each act went, as the ledger has it (ms, sorted)."""
    from beffroi.during.incident.models import Incident

    rows = Incident.objects.filter(pk__in=incidents).values_list("received_at", "fused_at", "shown_at")
    found: dict[str, list[float]] = {"received to understood": [], "understood to told to a desk": []}
    for received, fused, shown in rows:
        if fused is not None and shown is not None:
            found["received to understood"].append((fused - received).total_seconds() * 1000)
            found["understood to told to a desk"].append((shown - fused).total_seconds() * 1000)
    return {step: sorted(values) for step, values in found.items()}


def run(town: str, *, seconds: float) -> list[Figure]:
    """From the receipt of an alarm to its incident painted."""
    with _house(town) as house:
        crowd = Crowd(house, town, _ONSET_S + seconds)
        painted = _painted(house, crowd, _ONSET_S + seconds)
    received = _received()
    taken = sorted(
        (painted[each] - at.timestamp()) * 1000 for each, at in received.items() if each in painted
    )
    if not taken:
        return [Figure("desk", "received to painted: no browser or nothing painted", 0.0, "acts", 1.0, False)]
    name = f"received to painted, {_RATE:,}/s, {_CONSOLES} other consoles"
    steps = [
        Figure("desk", f"of these, {step}, median", found[len(found) // 2], "ms")
        for step, found in _steps(list(received)).items()
        if found
    ]
    return [
        at_most("desk", f"{name}, p99", taken[min(len(taken) - 1, int(len(taken) * 0.99))], "ms", 300),
        Figure("desk", f"{name}, median", taken[len(taken) // 2], "ms"),
        *steps,
        at_most("desk", "acts received and not painted", float(len(received) - len(taken)), "acts", 0),
        at_most("desk", "batches refused meanwhile", float(crowd.refused), "batches", 0),
    ]
