"""One process of a centre, alone: for a unit of systemd or a container, which watches it and keeps its log.

What it needs is looked at, the tables are brought up to date (one process at a time does), then the process
takes the place of this one.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping

import msgspec

from beffroi.foundation import settings as configuration
from beffroi.foundation.errors import BeffroiError
from beffroi.house.ports import free_port
from beffroi.house.processes import allow_many_files, python

PROCESSES = ("intake", "engine", "web", "broker")


class NotPrepared(BeffroiError):
    """The tables or the data directory could not be made ready."""

    code = "house.not_prepared"
    message = "The installation in {data} could not be made ready."
    advice = "Read the lines above; `beffroi doctor` says what is wrong."


class Prepared(msgspec.Struct, frozen=True):
    """What `house.prepare` tells: the broker's command, empty where the town has its own broker."""

    broker: list[str]


class WholeVillage(BeffroiError):
    """A village is one `beffroi up`."""

    code = "house.whole_village"
    message = "A village's processes start together: `--only` is for the profile `centre`."
    advice = "Run `beffroi up`, or set `profile` to `centre` (docs/guides/administrator.md)."


class OwnBroker(BeffroiError):
    """The built-in broker is asked for where the town has its own."""

    code = "house.own_broker"
    message = "`mqtt_url` names a broker of the town's own: there is no built-in one to start."
    advice = "Empty `mqtt_url`, or leave this process out."


class PortTaken(BeffroiError):
    """The port of a process that others are told of is in use."""

    code = "house.port_taken"
    message = "Port {port} on {host} is in use (setting `{setting}`)."
    advice = "Stop what listens there (ss -ltnp shows it), or set another port."


def prepare(settings: configuration.Settings, environment: Mapping[str, str]) -> Prepared:
    """Make the installation ready in a process of its own: what that loads does not stay in memory.

    Raises NotPrepared, once the process has said why.
    """
    line = python("beffroi.house.prepare")
    done = subprocess.run(line, env=dict(environment), stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise NotPrepared(data=settings.data_path)
    return msgspec.json.decode(done.stdout, type=Prepared)


def become(name: str) -> None:
    """Prepare, then be that process: does not return.

    Raises WholeVillage, OwnBroker, PortTaken, NotPrepared.
    """
    settings = configuration.current()
    if settings.profile != "centre":
        raise WholeVillage
    settings.data_path.mkdir(parents=True, exist_ok=True, mode=0o700)
    allow_many_files()
    _ports(name, settings)
    environment = {**os.environ, "BEFFROI_DATA_DIR": str(settings.data_path), "PYTHONUNBUFFERED": "1"}
    prepared = prepare(settings, environment)
    if name == "broker" and not prepared.broker:
        raise OwnBroker
    line = prepared.broker if name == "broker" else python(f"beffroi.house.{name}")
    sys.stdout.flush()
    os.execve(line[0], line, environment)  # noqa: S606 - our own program, no shell


def _ports(name: str, settings: configuration.Settings) -> None:
    """A port that sources are told of is that one or none."""
    wanted = {
        "web": [("port", settings.host)],
        "intake": [("intake_port", settings.intake_host), ("dc09_port", settings.dc09_host)],
        "broker": [("mqtt_port", settings.mqtt_host)],
    }
    for setting, host in wanted.get(name, []):
        port = getattr(settings, setting)
        if port and free_port(host, port, datagrams=setting == "dc09_port") != port:
            raise PortTaken(port=port, host=host, setting=setting)
