"""Configuration: read once, from `beffroi.toml` and the environment; the environment wins.

Every setting has a default, a unit and a sentence of help; `docs/reference/settings.md`
is generated from this file.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from beffroi.foundation.errors import BeffroiError

PROFILES = ("village", "centre")


class BadSetting(BeffroiError):
    """A setting whose value cannot be used."""

    code = "foundation.bad_setting"
    message = "Setting {name}: {value!r} {why}."
    advice = "See docs/reference/settings.md for what each setting takes."


def setting(default: Any, unit: str, help: str, *, secret: bool = False) -> Any:
    """Declare one setting: its default, its unit ('' where none) and what it is for."""
    return field(default=default, metadata={"unit": unit, "help": help, "secret": secret})


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of an installation. Environment name: BEFFROI_ and the field in capitals."""

    profile: str = setting(
        "village",
        "",
        "`village` (SQLite, local spool, built-in broker) or `centre` (PostgreSQL, NATS JetStream).",
    )
    data_dir: str = setting(
        "var", "path", "Where the database, the spool, the keys and the imported towns live."
    )
    host: str = setting(
        "127.0.0.1", "address", "Where the web server listens; anything but loopback is served over HTTPS."
    )
    port: int = setting(8420, "port", "The web server's port; the next free one is taken when it is in use.")
    public_names: str = setting(
        "", "host names", "Names under which people reach the server, separated by commas."
    )
    trusted_proxies: int = setting(
        0,
        "proxies",
        "How many proxies of the town's own stand before the web server and end HTTPS; each must set "
        "X-Forwarded-Proto and add to X-Forwarded-For. 0: none, such headers are not believed.",
    )
    certificate: str = setting(
        "", "path", "PEM certificate for HTTPS; empty: one of the installation's own authority."
    )
    certificate_key: str = setting("", "path", "PEM private key of `certificate`.")
    database_url: str = setting(
        "", "URL", "PostgreSQL of the centre profile, as postgresql://user:password@host/name.", secret=True
    )
    nats_url: str = setting(
        "nats://127.0.0.1:4222",
        "URL",
        "NATS servers of the centre profile, as nats://user:password@host:4222, separated by commas.",
        secret=True,
    )
    nats_replicas: int = setting(
        1, "copies", "How many servers of the NATS cluster keep each observation (1, 3 or 5)."
    )
    aside_dir: str = setting(
        "",
        "path",
        "A folder on this machine's own disk for observations that the NATS cluster does not take for the "
        "moment; empty: the data directory (which must then be no network share).",
    )
    intake_host: str = setting(
        "127.0.0.1",
        "address",
        "Where the intake process of a centre listens for HTTP; anything but loopback is served over HTTPS.",
    )
    intake_port: int = setting(8421, "port", "The port of a centre's intake process.")
    secret_key: str = setting(
        "", "", "Signs sessions; empty: made at first start and kept in the data directory.", secret=True
    )
    language: str = setting("fr", "", "Language shown to those who did not choose: `fr` or `en`.")
    time_zone: str = setting("Europe/Paris", "", "Time zone in which screens show time.")
    mqtt_host: str = setting(
        "127.0.0.1",
        "address",
        "Where the built-in broker listens; anything but loopback needs TLS and credentials.",
    )
    mqtt_port: int = setting(
        1883, "port", "The built-in broker's port; the next free one is taken when it is in use."
    )
    mqtt_url: str = setting(
        "",
        "URL",
        "A broker of the town's own, as mqtt://user:password@host:port; empty: the built-in one.",
        secret=True,
    )
    dc09_host: str = setting("127.0.0.1", "address", "Where alarm panels (SIA DC-09) connect.")
    dc09_port: int = setting(
        9999, "port", "The port for alarm panels; the next free one is taken when it is in use."
    )
    intake_group_ms: float = setting(
        2.0, "ms", "How long an observation may wait for others to share one write to disk."
    )
    intake_max_body: int = setting(1_048_576, "bytes", "Largest body that the observation endpoint reads.")
    intake_batch_max: int = setting(1000, "observations", "Most observations in one batch over HTTP.")
    spool_retention_days: int = setting(
        30, "days", "How long the spool keeps observations that no incident holds."
    )
    checkpoint_seconds: int = setting(60, "s", "How often the head of a journal that has news is signed.")
    witness_minutes: int = setting(60, "min", "How often witnesses are sent the heads of the journals.")
    feed_poll_ms: int = setting(40, "ms", "How often followers look for new entries of the journal.")
    fusion_batch_ms: int = setting(
        10, "ms", "How long the engine gathers observations before it writes what they mean."
    )
    signal_memory_minutes: int = setting(
        180, "min", "How far back a weak signal may be found again by an incident."
    )
    incident_memory_minutes: int = setting(30, "min", "How long an open hypothesis takes new signs.")
    check_threshold: float = setting(0.20, "probability", "From here an incident is shown 'to check'.")
    confirm_threshold: float = setting(0.80, "probability", "From here an incident is shown 'confirmed'.")
    flapping_cycles: int = setting(
        5,
        "times",
        "A detector that goes off so often in an hour, each time after a rest, is damped; 0: never.",
    )
    storm_devices: int = setting(
        8, "devices", "So many devices that say one thing within three minutes are one line; 0: never."
    )
    overload_observations: int = setting(
        1000,
        "observations",
        "Further behind than this at the latest, the engine takes lives in danger first.",
    )
    engine_hung_seconds: int = setting(
        30,
        "s",
        "An engine that one piece of work holds up for so long ends, and is started again; one that comes no "
        "further for so long though observations wait loses its turn to another that stands by; 0: never.",
    )
    burglary_median_seconds: float = setting(
        300.0, "s", "Median time that burglars stay; published figures go from under 3 to 20 minutes."
    )
    burglary_median_low_seconds: float = setting(
        180.0, "s", "The median is below this one time in ten, for all that is known; with the next, a range."
    )
    burglary_median_high_seconds: float = setting(1200.0, "s", "The median is above this one time in ten.")
    burglary_log_sd: float = setting(0.7, "log", "Spread of that time: standard deviation of its logarithm.")
    decision_budget_seconds: int = setting(
        60, "s", "What the decision on an incident may take before the clock turns amber."
    )
    duty_phone: str = setting(
        "",
        "telephone number",
        "Where police, fire brigade or ambulance service call the duty desk back; it is read out to them.",
    )
    exchange_address: str = setting(
        "",
        "address",
        "This desk's address in the 15/18 exchange (country.domain.organisation); empty: none.",
    )
    exchange_15: str = setting("", "address", "The ambulance service's address in the exchange.")
    exchange_17: str = setting("", "address", "The police's or gendarmerie's address in the exchange.")
    exchange_18: str = setting("", "address", "The fire brigade's address in the exchange.")
    position_stale_seconds: int = setting(
        60, "s", "Age from which a unit's position is widened and shown as old."
    )
    cover_within_seconds: float = setting(
        300.0, "s", "A building counts as covered when a free unit can be there by road within this time."
    )
    unit_busy_share: float = setting(
        0.3,
        "share",
        "The share of its time for which a unit is busy: whom to send where to cover for the others.",
    )
    sign_in_attempts: str = setting(
        "5/m/ip,10/h/key", "rate", "Failed sign-ins allowed, by address and by account."
    )
    session_hours: int = setting(12, "h", "How long a sign-in lasts.")
    metrics_token: str = setting(
        "",
        "",
        "Bearer token with which Prometheus reads /metrics; empty: nobody reads it.",
        secret=True,
    )
    camera_hold_seconds: int = setting(
        30, "s", "Who moves a camera holds it for so long after the last move; then it is free again."
    )
    camera_home_seconds: int = setting(
        20, "s", "So long after a camera was let go it turns back to its home position; 0: never."
    )
    oncall_wait_seconds: int = setting(
        120, "s", "How long an open duty desk has to acknowledge an incident before people on call are woken."
    )
    oncall_next_seconds: int = setting(
        300, "s", "How long who was called has to answer before the next on the rota is called."
    )
    oncall_channel_seconds: int = setting(
        60, "s", "How long after one channel (text, voice, mail) the next of the same person is tried."
    )
    oncall_gateways: str = setting(
        "", "path", "TOML file that declares the gateways for texts and voice (docs/design/oncall.md)."
    )
    oncall_secrets: str = setting(
        "", "path", "TOML file of the secrets that `oncall_gateways` names; readable by the service only."
    )
    oncall_timeout_seconds: float = setting(
        8.0, "s", "How long a gateway or mail server may take; then the message is tried again."
    )
    oncall_exercise: str = setting(
        "outbox",
        "",
        "Calls of an exercise: `outbox` (kept, marked EXERCICE, nothing leaves) or `email` (mails go out, "
        "marked). No telephone is ever called for an exercise.",
    )
    oncall_keep_days: int = setting(
        90, "days", "How long the outbox keeps whom it called, and links; the journal keeps the facts."
    )
    link_minutes: int = setting(45, "min", "How long a no-account link to an incident lives.")
    acting_send_seconds: float = setting(
        10.0,
        "s",
        "A command to a device (lamp, bollard …) that the broker does not have by then is never sent.",
    )
    acting_within_m: float = setting(
        500.0, "m", "How far from an incident's place what can be switched is proposed on its sheet."
    )
    smtp_host: str = setting("", "host name", "Mail server for calls by e-mail; empty: none.")
    smtp_port: int = setting(587, "port", "The mail server's port.")
    smtp_security: str = setting(
        "starttls", "", "`starttls`, `tls`, or `none` (a server on this very machine only)."
    )
    smtp_user: str = setting("", "", "Name to sign in with at the mail server; empty: none.")
    smtp_password: str = setting("", "", "Password of `smtp_user`.", secret=True)
    smtp_from: str = setting("", "e-mail", "Address that calls by e-mail come from.")
    api_requests_a_minute: int = setting(
        600, "requests", "How many requests one program may send to the API in a minute, a web process."
    )
    webhook_timeout_seconds: float = setting(
        8.0, "s", "How long a program that is notified may take to answer; then it is tried again."
    )
    webhook_networks: str = setting(
        "",
        "networks",
        "Private networks to which notifications may go, as 10.0.0.0/8, separated by commas; empty: none. "
        "Plain http is let through to loopback only, and only where it stands here.",
    )
    webhook_authority: str = setting(
        "",
        "path",
        "PEM certificates of the town's own authority, trusted beside the system's for notifications.",
    )
    camera_span_minutes: int = setting(
        15, "min", "How long a span of the recorder may be that somebody chooses; the last 5 min always may."
    )
    camera_back_hours: int = setting(
        24,
        "h",
        "How far back a chosen span may begin, 720 at most; 0: only the last minutes may be looked at.",
    )
    camera_fps: float = setting(
        8.0, "images/s", "How many images a second are shown of a camera; more costs the machine."
    )
    camera_width: int = setting(960, "px", "How wide an image that is shown is at most.")
    camera_decoders: int = setting(
        12, "cameras", "How many cameras are decoded at once at most, whoever looks; each takes a process."
    )
    log_level: str = setting("INFO", "", "Least severity written to the log: DEBUG, INFO, WARNING or ERROR.")

    def __post_init__(self) -> None:
        if self.profile not in PROFILES:
            raise BadSetting(name="profile", value=self.profile, why=f"is not one of {', '.join(PROFILES)}")
        if self.profile == "centre" and not self.database_url:
            raise BadSetting(
                name="database_url", value="", why="must name the PostgreSQL of the centre profile"
            )

    @property
    def data_path(self) -> Path:
        """The data directory, absolute."""
        return Path(self.data_dir).expanduser().resolve()


def _converted(declared: Field[Any], value: object) -> Any:
    kind: Any = type(declared.default)  # int, float, bool or str
    try:
        if kind is bool:
            return str(value).strip().lower() in ("1", "true", "yes", "on")
        return kind(value)
    except (TypeError, ValueError):
        shown = "(hidden)" if declared.metadata["secret"] else value
        raise BadSetting(name=declared.name, value=shown, why=f"is not a {kind.__name__}") from None


def read(environment: Mapping[str, str], file: Path | None = None) -> Settings:
    """Settings from a TOML file (may be absent) and an environment, which wins.

    Raises BadSetting for an unknown name in the file or a value of the wrong kind.
    """
    declared = {each.name: each for each in fields(Settings)}
    values: dict[str, Any] = {}
    if file is not None and file.exists():
        for name, value in tomllib.loads(file.read_text()).items():
            if name not in declared:
                raise BadSetting(name=name, value=value, why=f"is not a setting ({file})")
            values[name] = _converted(declared[name], value)
    for name, each in declared.items():
        key = f"BEFFROI_{name.upper()}"
        if key in environment:
            values[name] = _converted(each, environment[key])
    return Settings(**values)


@lru_cache(maxsize=1)
def current() -> Settings:
    """The settings of this process, read once: ./beffroi.toml (or BEFFROI_CONFIG), then the environment."""
    return read(os.environ, Path(os.environ.get("BEFFROI_CONFIG", "beffroi.toml")))
