"""Two installations witness each other, by files; one is tampered with in its database and on its disk."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.journey
ROOT = Path(__file__).parents[3]
KEY = "installation"


@dataclass
class Installation:
    """One installation: its own data directory, commands and journal."""

    name: str
    data: Path

    def run(self, *command: str, expect: int = 0) -> str:
        env = {
            **{
                key: value for key, value in os.environ.items() if not key.startswith(("BEFFROI_", "DJANGO_"))
            },
            "BEFFROI_DATA_DIR": str(self.data),
            "DJANGO_SETTINGS_MODULE": "beffroi.house.django_settings",
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        }
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=self.data,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == expect, done.stdout + done.stderr
        return done.stdout + done.stderr

    def beffroi(self, *command: str, expect: int = 0) -> str:
        return self.run("beffroi", *command, expect=expect)

    def about(self) -> tuple[str, str, str]:
        """Its 16 digits, the fingerprint with which it signs, its key as a witness."""
        told = self.beffroi("witness", "key")
        found = re.search(r"installation  (\S+)\nsigns with    ([0-9a-f ]+)\nas a witness  \S+ +(\w+)", told)
        assert found is not None, told
        return found[1], found[2].strip(), found[3]

    def says(self, times: int = 1) -> None:
        """Entries of its own: organisations are declared."""
        self.run("tests.trust.witnesses.rewriting", "say", KEY, str(times))


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Installation, Installation]:
    """Redon and Allaire, each with a key, each told of the other by telephone."""
    made = []
    for name in ("redon", "allaire"):
        (tmp_path / name).mkdir()
        made.append(Installation(name, tmp_path / name))
        made[-1].says(3)
    for one, other in (made, reversed(made)):
        digits, signs, witness = other.about()
        one.beffroi("witness", "trust", digits, "--name", other.name, "--fingerprint", signs)
        one.beffroi("witness", "add", "--name", other.name, "--key", witness)
    return made[0], made[1]


def carry(one: Installation, other: Installation, expect: int = 0) -> str:
    """The head of one goes to the other on a key, and its answer comes back."""
    proposal, answer = one.data / "head.json", one.data / "answer.json"
    one.beffroi("witness", "propose", KEY, "--to", other.name, "--out", str(proposal))
    told = other.beffroi("witness", "take", str(proposal), "--out", str(answer), expect=expect)
    if not expect:
        one.beffroi("witness", "keep", KEY, str(proposal), str(answer), "--from", other.name)
    return told


def test_each_keeps_the_other_s_heads_and_tells_a_cut_from_a_restore_and_a_rewritten_past(
    pair: tuple[Installation, Installation],
) -> None:
    redon, allaire = pair
    carry(redon, allaire)
    carry(allaire, redon)
    size = int((redon.data / "head.json").read_text().split("\\n")[1])
    redon.says(2)
    carry(redon, allaire)
    (head,) = (redon.data / "heads").glob("*installation_epoch*")
    (redon.data / "kept.note").write_text(head.read_text())
    redon.run("tests.trust.witnesses.rewriting", "cut", KEY, str(size))
    assert "REFUSED (cut)" in carry(redon, allaire, expect=2)
    redon.beffroi("journal", "epoch", KEY, str(redon.data / "kept.note"))
    carry(redon, allaire)
    redon.run("tests.trust.witnesses.rewriting", "alter", KEY)
    assert json.loads(redon.beffroi("journal", "verify", "--json"))["good"], "it deceives its own verifier"
    redon.says()
    assert "REFUSED (rewritten)" in carry(redon, allaire, expect=2)
    shown = allaire.beffroi("witness", "list")
    assert "PROOF" in shown and "rewritten" in shown and "declared lost by restores" in shown
