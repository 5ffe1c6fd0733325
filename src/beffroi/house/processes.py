"""Child processes of `beffroi up`: start, watch, start again, stop.

The parent stays small (no Django): it only holds its children. A child that ends after ten
seconds of good service is started again at once; one that ends sooner later each time
(1, 2, 4 … 30 s). Where the parent itself is killed its children end with it, so that whoever
starts it again finds the ports free and nobody at work.
"""

from __future__ import annotations

import contextlib
import ctypes
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_GOOD_SERVICE_S = 10.0
_LONGEST_WAIT_S = 30.0
_GRACE_S = 6.0
_MOST_FILES = 65_536
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass
class Child:
    """One process: its name, its command, and how it has fared."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    due: float = 0.0


@dataclass
class Household:
    """The children of one installation, kept alive until told to stop.

    What a child says goes to `logs`/NAME.log, or where the parent's own output goes when `logs` is None.
    """

    environment: Mapping[str, str]
    say: Callable[[str], None]
    logs: Path | None = None
    children: list[Child] = field(default_factory=list)
    stopping: bool = False

    def start(self, name: str, command: Sequence[str]) -> Child:
        """Start `command` and keep it running under `name`."""
        child = Child(name, list(command))
        self.children.append(child)
        self._launch(child)
        return child

    def _launch(self, child: Child) -> None:
        # A group of its own: Ctrl-C in the terminal reaches the parent alone, which stops children in order.
        with contextlib.ExitStack() as open_files:
            said = None
            if self.logs is not None:
                self.logs.mkdir(parents=True, exist_ok=True, mode=0o700)
                said = open_files.enter_context((self.logs / f"{child.name}.log").open("ab"))
            child.process = subprocess.Popen(
                child.command,
                env=dict(self.environment),
                stdout=said,
                stderr=said and subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent if _libc else None,  # noqa: PLW1509 - the parent has one thread
            )
        child.started = time.monotonic()

    def watch(self) -> None:
        """Look at every child once: note who ended, start again who is due."""
        for child in self.children:
            if self.stopping:
                return
            now = time.monotonic()
            if child.process is not None and child.process.poll() is not None:
                served = now - child.started > _GOOD_SERVICE_S
                child.failures = 0 if served else child.failures + 1
                wait = 0.0 if served else min(2.0 ** (child.failures - 1), _LONGEST_WAIT_S)
                self.say(f"{child.name} ended (status {child.process.returncode}); again in {wait:.0f} s")
                child.process, child.due = None, now + wait
            elif child.process is None and now >= child.due:
                self._launch(child)

    def stop(self) -> None:
        """Stop every child, last started first: a polite signal, then after 6 s a firm one."""
        self.stopping = True
        for child in reversed(self.children):
            if child.process is None or child.process.poll() is not None:
                continue
            child.process.send_signal(signal.SIGTERM)
            try:
                child.process.wait(_GRACE_S)
            except subprocess.TimeoutExpired:
                self.say(f"{child.name} does not stop; ended by force")
                child.process.kill()
                child.process.wait()


def _die_with_parent() -> None:
    """In the child, before its program: be killed when the parent ends, however it ends (Linux)."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def allow_many_files() -> None:
    """Let this process and its children open as many files and connections as the machine's owner allows.

    Systems start programs with 1,024 for the sake of old ones; a centre's consoles and towns need more.
    """
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    with contextlib.suppress(ValueError, OSError):  # what the system gave stands
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(_soft, most), hard))


def python(module: str, *arguments: str) -> list[str]:
    """The command that runs one of our modules with this same Python."""
    return [sys.executable, "-m", module, *arguments]
