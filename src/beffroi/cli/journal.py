"""`beffroi journal`: verify, prove, export, and the keys that sign."""

from __future__ import annotations

import json
import sys
from base64 import b64encode
from pathlib import Path
from typing import IO, Any

import click

from beffroi.foundation.errors import NotFound
from beffroi.journal import actions, keys, merkle, notes, queries, signers, verify
from beffroi.journal.audit import Finding
from beffroi.journal.verify import Verdict


@click.group()
def journal() -> None:
    """The log (main courante): is it whole, and can a stranger check it?

    Example: beffroi journal verify
    """


def _chosen(named: tuple[str, ...]) -> list[str]:
    known = queries.journals()
    for each in named:
        if each not in known:
            raise NotFound(what=f"journal {each}")
    return list(named) or known


def _sentence(found: Finding) -> str:
    if not found.last:
        return f"{found.journal}: {found.kind}: {found.detail}"
    where = f"entry {found.first}"
    if found.last > found.first:
        where += f" (to {found.last})"
    return f"{found.journal}: {where}: {found.kind}: {found.detail}"


@journal.command("verify")
@click.argument("journals", nargs=-1)
@click.option("--fingerprint", default="", help="A key's fingerprint, obtained by another way.")
@click.option(
    "--witnessed",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="A signed head that someone else kept; may be given again.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def verify_(
    *, journals: tuple[str, ...], fingerprint: str, witnessed: tuple[Path, ...], as_json: bool
) -> None:
    """Recompute every journal (or those named) and say the first thing that is wrong in each.

    Exit status 0 only when everything holds.

    Example: beffroi journal verify territory:redon --witnessed head-kept-by-the-prefecture.note
    """
    verdicts = [_verified(each, quiet=as_json) for each in _chosen(journals)]
    more = [signers.key_chain(fingerprint.replace(" ", "").lower())]
    more += [signers.witnessed(path.read_text(encoding="utf-8")) for path in witnessed]
    found = [each for each in more if each is not None]
    good = not found and all(verdict.good for verdict in verdicts)
    if as_json:
        answer = {
            "good": good,
            "journals": [each.as_dict() for each in verdicts],
            "findings": [each.as_dict() for each in found],
        }
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        for verdict in verdicts:
            state = "holds" if verdict.good else "DOES NOT HOLD"
            click.echo(
                f"{verdict.journal}: {state}: {verdict.size} entries, {verdict.checkpoints} signed heads, "
                f"epoch {verdict.epoch}, root {verdict.root.hex()[:16]}…"
            )
        for each in [*(f for verdict in verdicts for f in verdict.findings), *found]:
            click.echo(_sentence(each), err=True)
    sys.exit(0 if good else 1)


def _verified(key: str, *, quiet: bool) -> Verdict:
    size = queries.head(key).size
    with click.progressbar(length=size, label=key, file=sys.stderr, hidden=quiet or size < 100_000) as bar:
        return verify.verify(key, progress=bar.update)


@journal.command()
@click.argument("journal_key", metavar="JOURNAL")
@click.argument("number", type=int)
@click.option("--since", type=int, help="Prove too that this many first entries are unchanged.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def prove(*, journal_key: str, number: int, since: int | None, as_json: bool) -> None:
    """Prove that an entry is in the journal whose head is signed; a stranger can check it.

    Example: beffroi journal prove territory:redon 12 --json
    """
    checkpoint = actions.sign_head(journal=journal_key)
    entry, size, root = queries.entry(journal_key, number), checkpoint.size, bytes(checkpoint.root)
    path = queries.inclusion(journal_key, number, size)
    answer: dict[str, Any] = {
        "entry": entry.entry_bytes().decode(),
        "body": entry.body,
        "leaf": entry.leaf.hex(),
        "index": number - 1,
        "inclusion": [each.hex() for each in path],
        "checkpoint": checkpoint.note,
        "fingerprint": checkpoint.fingerprint,
    }
    leaf = merkle.leaf_hash(entry.entry_bytes())
    good = merkle.verify_inclusion(leaf, number - 1, size, path, root)
    if since is not None:
        extends = queries.consistency(journal_key, since, size)
        answer |= {"since": since, "consistency": [each.hex() for each in extends]}
        old_root = queries.root_at(journal_key, since)
        good = good and merkle.verify_consistency(since, size, old_root, root, extends)
    if as_json:
        click.echo(json.dumps(answer | {"good": good}, ensure_ascii=False))
    else:
        click.echo(answer["entry"])
        click.echo(f"leaf {answer['leaf']}, {len(path)} hashes up to the head of {size} entries:")
        click.echo(checkpoint.note, nl=False)
        click.echo("holds" if good else "DOES NOT HOLD")
    sys.exit(0 if good else 1)


@journal.command()
@click.argument("journal_key", metavar="JOURNAL")
@click.option(
    "--out", type=click.File("w", encoding="utf-8"), default="-", help="Where to write; -: standard output."
)
@click.option("--json", "as_json", is_flag=True, help="Say in JSON, on standard error, what was written.")
def export(*, journal_key: str, out: IO[str], as_json: bool) -> None:
    """Write a journal as JSON lines: entries in their order, then keys, then the head signed now.

    Example: beffroi journal export territory:redon --out redon.jsonl
    """
    checkpoint = actions.sign_head(journal=journal_key)
    number = 0
    while number < checkpoint.size:
        for each in queries.numbered(journal_key, after=number, limit=1000):
            number = each.number
            line = {"entry": each.entry_bytes().decode(), "body": each.body, "leaf": each.leaf.hex()}
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
    for key in queries.signing_keys():
        line = {"key": b64encode(bytes(key.public_key)).decode(), "follows": key.follows, "proof": key.proof}
        out.write(json.dumps(line) + "\n")
    out.write(json.dumps({"checkpoint": checkpoint.note}, ensure_ascii=False) + "\n")
    told = {"journal": journal_key, "entries": number, "fingerprint": checkpoint.fingerprint}
    click.echo(json.dumps(told) if as_json else f"{number} entries of {journal_key}", err=True)


@journal.command("keys")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def keys_(as_json: bool) -> None:
    """The keys that sign, oldest first. Read the fingerprint to your witness by telephone.

    Example: beffroi journal keys
    """
    keys.current()
    rows = [
        {
            "fingerprint": row.fingerprint,
            "public_key": notes.pem(bytes(row.public_key)),
            "introduced_at": row.introduced_at.isoformat(),
            "retired_at": row.retired_at and row.retired_at.isoformat(),
            "follows": row.follows,
        }
        for row in queries.signing_keys()
    ]
    if as_json:
        click.echo(json.dumps({"keys": rows}))
        return
    for row in rows:
        state = f"retired {row['retired_at']}" if row["retired_at"] else "in force"
        click.echo(f"{notes.spoken(row['fingerprint'])}\n  since {row['introduced_at']}, {state}")


@journal.command()
@click.option("--lost", is_flag=True, help="The present key is lost: begin another without its signature.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def rotate(*, lost: bool, as_json: bool) -> None:
    """Put a new signing key in force, signed by the present one, and print its fingerprint.

    Example: beffroi journal rotate
    """
    new = keys.replace_lost() if lost else keys.rotate()
    if as_json:
        click.echo(json.dumps({"fingerprint": new.fingerprint}))
    else:
        click.echo(f"New key: {notes.spoken(new.fingerprint)}")
        click.echo("Give this fingerprint to your witnesses by another way than the network.")


@journal.command()
@click.argument("journal_key", metavar="JOURNAL")
@click.argument("witnessed", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--position", type=int, default=0, help="Last feed position that was handed out, if known.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def epoch(*, journal_key: str, witnessed: Path, position: int, as_json: bool) -> None:
    """After a restore: open an epoch that names the head last witnessed, and so what was lost.

    Example: beffroi journal epoch territory:redon head-kept-by-the-prefecture.note
    """
    opened = actions.open_epoch_from(
        journal=journal_key, note=witnessed.read_text(encoding="utf-8"), position=position
    )
    body = opened.body or {}
    actions.sign_head(journal=journal_key)
    if as_json:
        click.echo(json.dumps(body))
    else:
        click.echo(
            f"Epoch {body['epoch']} of {journal_key}: {body['lost']} entries lost, says entry {opened.number}"
        )
