"""`beffroi doctor`: what is well and what is not, each with what to do, in the installation's language."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

from cryptography import x509
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from beffroi.foundation import clock
from beffroi.foundation import settings as configuration
from beffroi.foundation.errors import BeffroiError
from beffroi.house import doctor_law, running
from beffroi.house.finding import Finding
from beffroi.house.health import Health, free_bytes, health

_LOW_DISK_BYTES = 2 * 1024**3
#: So many observations wait for the engine only when it is stuck or overwhelmed.
_BEHIND_MOST = 2_000
#: Heads this many times later than they should be are not signed at all.
_HEADS_LATE = 3
_SILENT = timedelta(hours=24)
_CERTIFICATE_LEFT = timedelta(days=21)
_MOST_NAMED = 5


def _data_directory(settings: configuration.Settings) -> Finding:
    data, check = settings.data_path, _("data directory")
    if not data.exists():
        advice = _("Start `beffroi up` once: it makes it.")
        return Finding(check, False, _("%(folder)s is not there") % {"folder": data}, advice)
    if not os.access(data, os.W_OK):
        advice = _("Give it to the user who runs Beffroi.")
        return Finding(check, False, _("%(folder)s cannot be written") % {"folder": data}, advice)
    return Finding(check, True, str(data))


def _disk(settings: configuration.Settings) -> Finding:
    free = free_bytes(settings)
    return Finding(
        _("disk"),
        free > _LOW_DISK_BYTES,
        _("%(free)s GiB free") % {"free": f"{free / 1024**3:.1f}"},
        _("Under 2 GiB, observations will soon be refused: free some space."),
    )


def _assets(_settings: configuration.Settings) -> Finding:
    there = resources.files("beffroi.desks").joinpath("static", "vendor").is_dir()
    return Finding(_("screens"), there, _("in place") if there else _("missing"), _("Run `make setup`."))


def _communes(_settings: configuration.Settings) -> Finding:
    there = resources.files("beffroi.territory").joinpath("data", "communes.json").is_file()
    seen = _("in place") if there else _("missing")
    return Finding(_("list of communes"), there, seen, _("Run `make setup`."))


def _tables(_settings: configuration.Settings) -> Finding:
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError as error:
        advice = _("Check `database_url` and that the server answers.")
        return Finding(_("database"), False, str(error), advice)
    counted = ngettext("%(count)d change of tables waits", "%(count)d changes of tables wait", waiting)
    seen = counted % {"count": waiting} if waiting else _("tables are up to date")
    return Finding(_("database"), not waiting, seen, _("Start `beffroi up`: it brings them up to date."))


def _processes(settings: configuration.Settings) -> Finding:
    found = running.read(settings.data_path)
    if found is None:
        seen = _("nothing runs on this data directory")
        return Finding(_("running"), False, seen, _("Start `beffroi up`."))
    where = {"url": found.url, "panels": found.dc09_port, "mqtt": found.mqtt_port}
    return Finding(_("running"), True, _("%(url)s, panels on port %(panels)d, MQTT on %(mqtt)d") % where)


def _python(_settings: configuration.Settings) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", sys.version_info >= (3, 11), version, _("Install Python 3.11 or later."))


def _certificate(settings: configuration.Settings) -> Finding:
    check = _("certificate")
    if not settings.certificate:
        return Finding(check, True, _("none of the town's own: loopback, or the installation's authority"))
    try:
        found = x509.load_pem_x509_certificate(Path(settings.certificate).read_bytes())
    except (OSError, ValueError) as error:
        return Finding(check, False, str(error), _("Set `certificate` to a PEM file that can be read."))
    ends = found.not_valid_after_utc
    seen = _("valid until %(day)s") % {"day": f"{ends:%Y-%m-%d}"}
    well = ends - datetime.now(UTC) > _CERTIFICATE_LEFT
    return Finding(check, well, seen, _("Renew it: browsers will refuse the desk when it has ended."))


def _engine(found: Health, _settings: configuration.Settings, now: datetime) -> Finding:
    counted = ngettext("%(count)d observation waits", "%(count)d observations wait", found.behind)
    seen = counted % {"count": found.behind} if found.behind else _("nothing waits")
    advice = _("The engine is stuck or overwhelmed: read logs/engine.log in the data directory.")
    return Finding(_("engine"), found.behind <= _BEHIND_MOST, seen, advice)


def _clock(found: Health, _settings: configuration.Settings, now: datetime) -> Finding:
    check = _("clock")
    if found.clock_stepped is None:
        return Finding(check, True, _("nobody set it within a day"))
    at, by = found.clock_stepped
    said = {"minutes": abs(round(by.total_seconds() / 60)), "at": f"{at:%Y-%m-%d %H:%M} UTC"}
    back, forward = (
        _("set back by %(minutes)d min, to %(at)s"),
        _("set forward by %(minutes)d min, to %(at)s"),
    )
    advice = _("See that it follows an NTP server (`timedatectl`); times within this day may be wrong.")
    return Finding(check, False, (back if by < timedelta(0) else forward) % said, advice)


def _heads(found: Health, settings: configuration.Settings, now: datetime) -> Finding:
    late = timedelta(seconds=_HEADS_LATE * settings.checkpoint_seconds)
    named = [key for key, since in found.unsigned.items() if now - since > late]
    seen = _("not signed: %(journals)s") % {"journals": _names(named)} if named else _("signed on time")
    advice = _("While nothing runs this is so; else read logs/engine.log in the data directory.")
    return Finding(_("heads of the journals"), not named, seen, advice)


def _silent(found: Health, _settings: configuration.Settings, now: datetime) -> Finding:
    named = [
        f"{each.territory}/{each.key}"
        for each in found.sources
        if each.last_seen_at is None or now - each.last_seen_at > _SILENT
    ]
    seen = _("silent for a day: %(sources)s") % {"sources": _names(named)}
    if not named:
        seen = _("all have spoken within a day") if found.sources else _("none declared yet")
    advice = _("Try each: `beffroi conform`, its network, its address; revoke those that are gone.")
    return Finding(_("sources"), not named, seen, advice)


def _unread(found: Health, _settings: configuration.Settings, now: datetime) -> Finding:
    named = [f"{each.territory}/{each.key} ({each.unread})" for each in found.sources if each.unread]
    seen = _names(named) if named else _("all could be read")
    advice = _("`beffroi source unread` shows them, and why.")
    return Finding(_("unreadable messages"), not named, seen, advice)


def _guaranteed(found: Health, _settings: configuration.Settings, now: datetime) -> Finding:
    named = [f"{each.territory}/{each.key}" for each in found.sources if not each.guaranteed]
    seen = (
        _("not guaranteed: %(sources)s") % {"sources": _names(named)} if named else _("what is told is kept")
    )
    advice = _("Set QoS 1 at the recorder, or use the built-in broker: see the connector's page.")
    return Finding(_("guarantee"), not named, seen, advice)


def _waiting(found: Health, settings: configuration.Settings, now: datetime) -> Finding:
    late = timedelta(seconds=settings.decision_budget_seconds * 10)
    named = [key for key, each in found.waiting.items() if each.since and now - each.since > late]
    seen = (
        _("not acknowledged for long: %(towns)s") % {"towns": _names(named)}
        if named
        else _("none waits long")
    )
    return Finding(_("incidents"), not named, seen, _("Open the duty desk: somebody should look."))


def _tokens(found: Health, _settings: configuration.Settings, now: datetime) -> Finding:
    named = [name for name, ends in found.programs.items() if ends - now < _CERTIFICATE_LEFT]
    seen = _("none ends soon")
    if named:
        seen = _("ended, or will soon: %(programs)s") % {"programs": _names(named)}
    advice = _("Renew them, or revoke those that are gone: `beffroi token list`.")
    return Finding(_("tokens of programs"), not named, seen, advice)


def _notified(found: Health, _settings: configuration.Settings, now: datetime) -> Finding:
    late = [each for each in found.subscriptions if each.state == "paused" or each.failing_since]
    failing = _("failing")
    named = [f"{each.program_name} ({each.why or failing})" for each in late]
    seen = _("not told: %(programs)s") % {"programs": _names(named)} if named else _("all are told")
    advice = _("`beffroi webhook deliveries` says why; then `beffroi webhook resume`: nothing was lost.")
    return Finding(_("programs told"), not named, seen, advice)


def _switched(found: Health, _settings: configuration.Settings, now: datetime) -> Finding:
    """What the town can switch, and whether it answers."""
    check = _("equipment that can be switched")
    if found.mute:
        seen = _("no answer: %(things)s") % {"things": _names(list(found.mute))}
        advice = _(
            "Go and look at each, then its power, its network and its account: `beffroi actuator list`."
        )
        return Finding(check, False, seen, advice)
    if found.never_heard:
        seen = _("never told its state: %(things)s") % {"things": _names(list(found.never_heard))}
        advice = _("Compare its state topic with its declaration, and try its account at the broker.")
        return Finding(check, False, seen, advice)
    return Finding(check, True, _("all that was commanded answered"))


def _calls(settings: configuration.Settings) -> Finding:
    """Whether who is on call can be reached, where a rota is kept."""
    from django.db import DatabaseError

    from beffroi.during.oncall import gateways, queries
    from beffroi.during.oncall.errors import BadGateway

    check = _("calls")
    try:
        kept = queries.territories_kept()
        ways = sorted({*gateways.declared(), *(["email"] if settings.smtp_host else [])})
    except (BadGateway, DatabaseError) as error:
        advice = _("See docs/design/oncall.md, then try `beffroi oncall test`.")
        return Finding(check, False, str(error), advice)
    secrets = Path(settings.oncall_secrets) if settings.oncall_secrets else None
    if secrets is not None and secrets.stat().st_mode & 0o077:
        return Finding(
            check, False, _("others may read %(file)s") % {"file": secrets}, f"chmod 600 {secrets}"
        )
    seen = _("over %(ways)s") % {"ways": ", ".join(ways)} if ways else _("no gateway, no mail server")
    advice = _("Set `oncall_gateways` or `smtp_host`: those on the rota see their calls on their page only.")
    return Finding(check, bool(ways) or not kept, seen, advice)


def _names(found: list[str]) -> str:
    more = len(found) - _MOST_NAMED
    return ", ".join(found[:_MOST_NAMED]) + (f" … (+{more})" if more > 0 else "")


Check = Callable[[configuration.Settings], Finding]
CHECKS: tuple[Check, ...] = (
    _python,
    _data_directory,
    _disk,
    _assets,
    _communes,
    _certificate,
    _tables,
    _processes,
    _calls,
)
#: What the tables tell, asked only when they are up to date.
TOLD: tuple[Callable[[Health, configuration.Settings, datetime], Finding], ...] = (
    _engine,
    _clock,
    _heads,
    _silent,
    _unread,
    _guaranteed,
    _waiting,
    _tokens,
    _notified,
    _switched,
)


def _checks(settings: configuration.Settings) -> tuple[Check, ...]:
    if settings.profile != "centre":
        return CHECKS
    from beffroi.house import doctor_centre

    at = CHECKS.index(_processes)
    return (*CHECKS[:at], *doctor_centre.CHECKS, *CHECKS[at + 1 :])


def examine(settings: configuration.Settings) -> Iterator[Finding]:
    """Every check in order (Django must be set up), in the language of the setting `language`."""
    with translation.override(settings.language):
        found = [check(settings) for check in _checks(settings)]
        if next(each for each in found if each.check == _("database")).well:
            found += [*_told(settings), *(each(settings) for each in doctor_law.CHECKS)]
    yield from found


def _told(settings: configuration.Settings) -> list[Finding]:
    from django.db import DatabaseError

    try:
        state = health(settings)
    except (DatabaseError, BeffroiError) as error:
        advice = _("Check the spool: the data directory, or `nats_url`.")
        return [Finding(_("observations"), False, str(error), advice)]
    now = clock.now()
    return [tell(state, settings, now) for tell in TOLD]
