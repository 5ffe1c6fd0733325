"""The `beffroi` command: plugs each room's commands together."""

from __future__ import annotations

import os

import click


@click.group()
@click.version_option(package_name="beffroi")
def main() -> None:
    """The open platform for a territory of trust and security."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beffroi.house.django_settings")
