"""Several commands of `beffroi` in one process: as an administrator types them, without a start for each.

A start costs a second and a half of processor time, and an installation takes ten commands to set up.
`python -m tests.several` reads a JSON list of [words, typed] and prints a JSON list of what each printed.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout

Line = tuple[Sequence[str], str]


def several(environment: Mapping[str, str], lines: Sequence[Line]) -> list[str]:
    """What each of these commands printed, run in order; fails with what was said where one fails."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.several"],
        env=dict(environment),
        input=json.dumps([[list(words), typed] for words, typed in lines]),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    printed: list[str] = json.loads(done.stdout.splitlines()[-1])
    return printed


def _one(words: Sequence[str], typed: str) -> str:
    from beffroi.house.main import main

    out, sys.stdin, sys.argv = io.StringIO(), io.StringIO(typed), ["beffroi", *words]
    with redirect_stdout(out):
        try:
            main()
        except SystemExit as ended:
            if ended.code:
                print(f"beffroi {' '.join(words)}: status {ended.code}", out.getvalue(), file=sys.stderr)
                raise
    return out.getvalue()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beffroi.house.django_settings")
    import django

    django.setup()
    from beffroi.house.prepare import main as prepare

    with redirect_stdout(sys.stderr):
        prepare()
    print(json.dumps([_one(words, typed) for words, typed in json.load(sys.stdin)]))
