"""The `beffroi` command: plugs each room's commands together, loading only the one that is called."""

from __future__ import annotations

import importlib
import json
import os
import sys

import click

from beffroi import __version__
from beffroi.foundation.errors import BeffroiError

#: Command → (module, attribute). Those of `house` start processes; the others are each a room's.
COMMANDS: dict[str, tuple[str, str]] = {
    "up": ("beffroi.house.commands", "up"),
    "demo": ("beffroi.house.commands", "demo"),
    "doctor": ("beffroi.house.commands", "doctor"),
    "territory": ("beffroi.cli.territory", "territory"),
    "device": ("beffroi.cli.device", "device"),
    "camera": ("beffroi.cli.camera", "camera"),
    "people": ("beffroi.cli.people", "people"),
    "order": ("beffroi.cli.register", "order"),
    "agent": ("beffroi.cli.register", "agent"),
    "switch": ("beffroi.cli.switch", "switch"),
    "convention": ("beffroi.cli.convention", "convention"),
    "party": ("beffroi.cli.party", "party"),
    "trust": ("beffroi.cli.trust", "trust"),
    "conform": ("beffroi.house.conform", "conform"),
    "source": ("beffroi.cli.source", "source"),
    "token": ("beffroi.cli.token", "token"),
    "webhook": ("beffroi.cli.webhook", "webhook"),
    "observe": ("beffroi.cli.observe", "observe"),
    "journal": ("beffroi.cli.journal", "journal"),
    "witness": ("beffroi.cli.witness", "witness"),
    "replay": ("beffroi.cli.replay", "replay"),
    "rules": ("beffroi.cli.fusion_rules", "rules"),
    "rehearse": ("beffroi.cli.rehearse", "rehearse"),
    "unit": ("beffroi.cli.unit", "unit"),
    "oncall": ("beffroi.cli.oncall", "oncall"),
    "crisis": ("beffroi.cli.crisis", "crisis"),
    "actuator": ("beffroi.cli.actuator", "actuator"),
    "evidence": ("beffroi.cli.evidence", "evidence"),
}
_WITHOUT_DJANGO = {"up", "demo", "conform"}
#: They prepare the installation themselves, or look at it as it is.
_AS_IT_IS = {*_WITHOUT_DJANGO, "doctor"}


class Rooms(click.Group):
    """Commands found by name: `beffroi --help` imports them all, a command only itself."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name]
        if cmd_name not in _WITHOUT_DJANGO:
            _set_up_django()
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)  # noqa: S101 - a wrong row of COMMANDS is a programming error
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        if name not in _AS_IT_IS and "--help" not in rest:
            from beffroi.house.prepare import bring_up_to_date

            bring_up_to_date()
        return name, command, rest


def _set_up_django() -> None:
    from django.apps import apps

    if not apps.ready:
        import django

        django.setup()


@click.group(cls=Rooms)
@click.version_option(__version__, prog_name="beffroi")
def beffroi() -> None:
    """The open platform for a territory of trust and security."""


def main() -> None:
    """Run the command line; an error of the house is one clear sentence and exit status 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beffroi.house.django_settings")
    try:
        beffroi()
    except BeffroiError as error:
        if "--json" in sys.argv:
            click.echo(json.dumps(error.as_dict()))
        click.echo(f"{error.sentence()}", err=True)
        if error.advice:
            click.echo(error.advice, err=True)
        sys.exit(1)
