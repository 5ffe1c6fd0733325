"""What `beffroi doctor` asks of a centre besides: PostgreSQL, NATS, processes wherever they run."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from typing import Any

import psycopg
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from beffroi.during.intake import spool
from beffroi.during.intake.jetstream import Line, available
from beffroi.during.intake.lease import Lease
from beffroi.during.intake.spool_jetstream import STREAM
from beffroi.foundation import settings as configuration
from beffroi.foundation.errors import BeffroiError
from beffroi.house import needs
from beffroi.house.engine import LEASE
from beffroi.house.finding import Finding

_PATIENCE_S = 3.0
_PROCESSES = ("web", "intake", "engine")


def _told(check: str, error: BeffroiError) -> Finding:
    return Finding(check, False, _(error.message).format(**error.fields), _(error.advice))


def postgres(settings: configuration.Settings) -> Finding:
    """Whether the server can be used, and writes to disk before it says so."""
    check = "PostgreSQL"
    try:
        with needs.connected(settings) as connection:
            needs.fit(connection, settings)
            flushes = connection.execute(
                "SELECT current_setting('fsync') = 'on' AND current_setting('synchronous_commit') <> 'off'"
            ).fetchone()
            version = connection.info.server_version // 10_000
    except BeffroiError as error:
        return _told(check, error)
    if not (flushes and flushes[0]):
        seen = _("it says that it has written what is not on disk yet")
        return Finding(check, False, seen, _("Set fsync and synchronous_commit to on in postgresql.conf."))
    return Finding(check, True, _("version %(version)d at %(place)s") % _at(settings, version=version))


def _at(settings: configuration.Settings, **more: object) -> dict[str, object]:
    return {"place": needs.place(settings), **more}


def nats(settings: configuration.Settings) -> Finding:
    """Whether the cluster keeps as many copies as asked for, all of them up to date."""
    line = Line(settings.nats_url, name="beffroi doctor")
    try:
        line.connect()
        line.run(lambda: available(line), _PATIENCE_S)
        told = line.run(lambda: line.ask(f"STREAM.INFO.{STREAM}"), _PATIENCE_S)
    except BeffroiError as error:
        return _told("NATS", error)
    finally:
        line.close()
    cluster: Mapping[str, Any] = told.get("cluster") or {}
    copies = int(told["config"]["num_replicas"])
    away = [each["name"] for each in cluster.get("replicas") or [] if not each.get("current")]
    counted = ngettext("%(count)d copy of each observation", "%(count)d copies of each observation", copies)
    seen = counted % {"count": copies}
    if away:
        seen = _("%(copies)s, but %(servers)s lags or is away") % {"copies": seen, "servers": ", ".join(away)}
    advice = _("Start that server again, and look at its log: until then one more fault stops the intake.")
    if copies < settings.nats_replicas:
        advice = _("`nats_replicas` asks for more: start the engine again, it makes the missing ones.")
    return Finding("NATS", not away and copies >= settings.nats_replicas, seen, advice)


def processes(settings: configuration.Settings) -> Finding:
    """Which processes are connected to PostgreSQL, and which engine is active."""
    check = _("running")
    try:
        with needs.connected(settings) as connection:
            rows = connection.execute(
                "SELECT DISTINCT application_name FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name LIKE 'beffroi %'"
            ).fetchall()
            active = _active_engine(connection)
    except BeffroiError as error:
        return _told(check, error)
    found = sorted(str(row[0]).removeprefix("beffroi ") for row in rows)
    missing = [each for each in _PROCESSES if not any(name.startswith(f"{each}@") for name in found)]
    if missing:
        seen = _("not running: %(processes)s") % {"processes": ", ".join(missing)}
        advice = _("Start `beffroi up`, or the service of each: systemctl start beffroi@NAME.")
        return Finding(check, False, seen, advice)
    if not active:
        seen = _("no engine is active")
        return Finding(check, False, seen, _("Read the engines' log: it says what they wait for."))
    shown = ", ".join(each for each in found if each.startswith(tuple(f"{p}@" for p in _PROCESSES)))
    return Finding(
        check, True, _("%(processes)s; active: %(engine)s") % {"processes": shown, "engine": active}
    )


def _active_engine(connection: psycopg.Connection) -> str:
    number = Lease(LEASE).number
    row = connection.execute(
        "SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid)"
        " WHERE locktype = 'advisory' AND granted AND classid::bigint = %s AND objid::bigint = %s",
        (number >> 32, number & 0xFFFFFFFF),
    ).fetchone()
    return str(row[0]).removeprefix("beffroi ") if row else ""


def aside(settings: configuration.Settings) -> Finding:
    """Whether this machine holds observations that the cluster did not take."""
    check, file = _("kept aside"), spool.aside_file(settings)
    waiting = 0
    if file.exists():
        try:
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as found:
                waiting = int(found.execute("SELECT count(*) FROM observation").fetchone()[0])
        except sqlite3.Error as error:
            return Finding(
                check, False, str(error), _("Give %(file)s to the service's user.") % {"file": file}
            )
    counted = ngettext(
        "%(count)d observation waits here for the cluster",
        "%(count)d observations wait here for the cluster",
        waiting,
    )
    seen = counted % {"count": waiting} if waiting else _("nothing waits on this machine")
    advice = _("They go there by themselves once it answers and intake runs here: keep %(file)s.")
    return Finding(check, not waiting, seen, advice % {"file": file})


#: In a centre these take the place of the check of what runs on this machine.
CHECKS = (postgres, nats, processes, aside)
