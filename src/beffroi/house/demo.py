"""`beffroi demo`: sets a town up, starts everything, tells a story, prints where to look.

It works in a data directory of its own (`var/demo`), marked as such and made afresh each
time unless `--keep`; everything in it is marked exercise.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from beffroi.foundation import settings as configuration
from beffroi.foundation.errors import BeffroiError
from beffroi.house.up import Up

if TYPE_CHECKING:
    from beffroi.rehearsal.actions import Rehearsal
    from beffroi.rehearsal.methods.script import Step

_MARK = "this-is-a-demo"


class NotADemo(BeffroiError):
    """The folder holds something else than a demo: it is not emptied."""

    code = "house.not_a_demo"
    message = "{folder} is not empty and was not made by a demo."
    advice = "Set BEFFROI_DATA_DIR to an empty folder, or leave it unset."


def _fresh_folder(keep: bool) -> Path:
    folder = Path(os.environ.get("BEFFROI_DATA_DIR", "var/demo")).resolve()
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARK).exists():
            raise NotADemo(folder=folder)
        if not keep:
            shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / _MARK).touch()
    return folder


class Demo:
    """One telling: `run` returns when the story is over (`once`) or at Ctrl-C."""

    def __init__(self, *, osm: Path | None, pace: float, keep: bool, once: bool, say: Callable[[str], None]):
        self.osm, self.pace, self.keep, self.once, self.say = osm, pace, keep, once, say

    def run(self) -> None:
        """Set up, start, tell, stop."""
        folder = _fresh_folder(self.keep)
        # A village of its own, whatever the installation is: a demo never comes near a centre's tables, nor
        # takes the messages that wait at the town's broker.
        own = {"DATA_DIR": str(folder), "PROFILE": "village", "DATABASE_URL": "", "MQTT_URL": ""}
        os.environ.update({f"BEFFROI_{name}": value for name, value in own.items()})
        configuration.current.cache_clear()
        rehearsal = self._set_up()
        up = Up(self.say)
        over = threading.Event()
        try:
            up.start()
            self._welcome(up, rehearsal, folder)
            told = threading.Thread(target=self._tell, args=(up, rehearsal, over), name="story")
            told.start()
            up.serve()
        finally:
            over.set()
            up.stop()
        self.say("Stopped. Everything of this demo is in " + str(folder))

    def _set_up(self) -> Rehearsal:
        import django

        django.setup()
        from beffroi.house.prepare import prepare
        from beffroi.rehearsal import actions

        self.say("Making the tables …")
        prepare()
        self.say(f"Importing {self.osm} …" if self.osm else "Building a town …")
        return actions.prepare(osm=self.osm)

    def _welcome(self, up: Up, rehearsal: Rehearsal, folder: Path) -> None:
        self.say("")
        self.say(f"  Beffroi is ready: {up.url}/   (Ctrl-C stops it)")
        self.say("")
        for person in rehearsal.people:
            self.say(f"  {person.role:<12} {up.url}{person.page:<12} {person.email}   {person.password}")
        self.say("")
        self.say(f"  Command line on this demo: export BEFFROI_DATA_DIR={folder}")
        self.say("")

    def _tell(self, up: Up, rehearsal: Rehearsal, over: threading.Event) -> None:
        from beffroi.rehearsal import story

        settings = up.settings
        endpoints = story.Endpoints(
            settings.mqtt_host, settings.mqtt_port, settings.dc09_host, settings.dc09_port
        )

        def said(step: Step) -> None:
            self.say(f"  story: {step.words}")

        try:
            story.play(
                rehearsal.prepared,
                endpoints,
                pace=self.pace,
                on_step=said,
                stop=over,
                after=0.0 if self.once else None,
            )
        except BeffroiError as error:
            self.say(f"The story stopped: {error.sentence()} {error.advice}")
        if self.once:
            up.household.stopping = True
