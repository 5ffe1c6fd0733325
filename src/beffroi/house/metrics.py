"""`/metrics`: what Prometheus reads, behind a token of its own. Counts and ages, nothing of anyone.

Figures of the whole installation come from its tables and are read at most once in two seconds; counters
are those of the process that answers.
"""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Iterator
from datetime import datetime

import structlog
from django.db import DatabaseError, close_old_connections
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from beffroi.api.requests import Receive, Scope, Send, reply, reply_with
from beffroi.foundation import clock
from beffroi.foundation import settings as configuration
from beffroi.foundation.errors import BeffroiError
from beffroi.house.health import Health, health
from beffroi.people.marks import by_token

_log = structlog.get_logger("metrics")

PATH = "/metrics"
TYPE = "text/plain; version=0.0.4; charset=utf-8"
_LASTS_S = 2.0


@by_token
async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer Prometheus: 401 without the token, and for everybody while none is set."""
    token = configuration.current().metrics_token
    given = dict(scope["headers"]).get(b"authorization", b"")
    if not token or not hmac.compare_digest(given, f"Bearer {token}".encode()):
        await reply(send, 401, {})
        return
    if scope["method"] != "GET":
        await reply(send, 405, {})
        return
    try:
        text = await asyncio.to_thread(_shared.text)
    except (DatabaseError, BeffroiError) as error:  # Prometheus shows the target as down, which it is
        _log.warning("figures not read", why=str(error))
        await reply(send, 503, {})
        return
    await reply_with(send, 200, TYPE, text)


class _Text:
    """The page, made again when it is older than two seconds."""

    def __init__(self) -> None:
        self._made = -_LASTS_S
        self._text = b""

    def text(self) -> bytes:
        """The page as bytes. Raises DatabaseError, SpoolUnavailable."""
        now = time.monotonic()
        if now - self._made >= _LASTS_S:
            close_old_connections()
            registry = CollectorRegistry()
            registry.register(Figures(health(configuration.current()), clock.now()))
            self._text, self._made = generate_latest(registry) + generate_latest(REGISTRY), now
        return self._text


_shared = _Text()


class Figures(Collector):
    """The installation's health as Prometheus has it."""

    def __init__(self, found: Health, now: datetime) -> None:
        self._found, self._now = found, now

    def collect(self) -> Iterator[Metric]:
        """Each figure with what it means."""
        found = self._found
        yield _one("beffroi_spool_position", "Observations received since the beginning.", found.received)
        yield _one("beffroi_engine_behind", "Observations on disk and not folded yet.", found.behind)
        if found.folded_at is not None:
            age = self._age(found.folded_at)
            yield _one("beffroi_engine_moved_seconds", "Age of the engine's last step with news (s).", age)
        oldest = min(found.unsigned.values(), default=None)
        unsigned = self._age(oldest) if oldest is not None else 0.0
        yield _one(
            "beffroi_journal_unsigned_seconds", "Age of the oldest entry under no signed head (s).", unsigned
        )
        yield _one("beffroi_disk_free_bytes", "Free where the data lie.", found.free_bytes)
        yield from self._programs()
        yield from self._incidents()
        yield from self._sources()

    def _programs(self) -> Iterator[Metric]:
        left = GaugeMetricFamily(
            "beffroi_token_left_seconds", "Until the token of a program ends (s).", labels=["program"]
        )
        for name, ends in self._found.programs.items():
            left.add_metric([name], max(0.0, (ends - self._now).total_seconds()))
        labels = ["subscription", "program"]
        behind = GaugeMetricFamily(
            "beffroi_webhook_behind",
            "Entries of the feed that a subscription was not told of.",
            labels=labels,
        )
        failing = GaugeMetricFamily(
            "beffroi_webhook_failing_seconds", "Since its receiver takes nothing (s).", labels=labels
        )
        paused = GaugeMetricFamily(
            "beffroi_webhook_paused", "Whether it is paused (1) or not.", labels=labels
        )
        for each in self._found.subscriptions:
            names = [str(each.id), each.program_name]
            behind.add_metric(names, each.behind)
            failing.add_metric(names, self._age(each.failing_since) if each.failing_since else 0.0)
            paused.add_metric(names, 1.0 if each.state == "paused" else 0.0)
        yield from (left, behind, failing, paused)

    def _incidents(self) -> Iterator[Metric]:
        opened = GaugeMetricFamily(
            "beffroi_incidents", "Incidents that are open, exercises left out.", labels=["territory", "phase"]
        )
        oldest = GaugeMetricFamily(
            "beffroi_incident_waits_seconds",
            "How long the oldest has waited to be acknowledged (s).",
            labels=["territory"],
        )
        for territory, waiting in self._found.waiting.items():
            for phase, count in waiting.phases.items():
                opened.add_metric([territory, phase], count)
            oldest.add_metric([territory], self._age(waiting.since) if waiting.since else 0.0)
        yield from (opened, oldest)

    def _sources(self) -> Iterator[Metric]:
        labels = ["territory", "source", "connector"]
        heard = GaugeMetricFamily("beffroi_source_heard_seconds", "Since it last spoke (s).", labels=labels)
        unread = GaugeMetricFamily("beffroi_source_unread", "Messages that could not be read.", labels=labels)
        loose = GaugeMetricFamily(
            "beffroi_source_not_guaranteed", "Messages that nobody held for us.", labels=labels
        )
        for each in self._found.sources:
            names = [each.territory, each.key, each.connector]
            unread.add_metric(names, each.unread)
            loose.add_metric(names, each.not_guaranteed)
            if each.last_seen_at is not None:
                heard.add_metric(names, self._age(each.last_seen_at))
        yield from (heard, unread, loose)

    def _age(self, at: datetime) -> float:
        return max(0.0, (self._now - at).total_seconds())


def _one(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)
