"""`beffroi witness`: who keeps the heads of our journals, and whose heads we keep."""

from __future__ import annotations

import json
import sys
import zipapp
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from beffroi.foundation.errors import Invalid
from beffroi.journal import heads, notes
from beffroi.journal import queries as journal_queries
from beffroi.trust.witnesses import actions, keys, models, proposing, queries, sending
from beffroi.trust.witnesses.alone import judging

_MAIN = "import sys\n\nfrom alone.program import main\n\nsys.exit(main())\n"


@click.group()
def witness() -> None:
    """Witnesses: nobody rewrites a journal of which somebody else keeps the heads."""


@witness.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("temoin.pyz"),
    show_default=True,
    help="Where to write it.",
)
def program(out: Path) -> None:
    """Write the stand-alone witness: one file for Python 3.8 and openssl, nothing of Beffroi.

    Example: beffroi witness program --out temoin.pyz
    """
    with TemporaryDirectory() as folder:
        inside = Path(folder) / "alone"
        inside.mkdir()
        for file in sorted(Path(judging.__file__).parent.glob("*.py")):
            (inside / file.name).write_bytes(file.read_bytes())
        (Path(folder) / "__main__.py").write_text(_MAIN, encoding="utf-8")
        zipapp.create_archive(folder, out, interpreter="/usr/bin/env python3")
    click.echo(f"{out}: give it to the witness, with: beffroi witness key")


@witness.command()
def key() -> None:
    """What a witness of ours must be told, and what those whose heads we keep must know of us.

    Example: beffroi witness key
    """
    from beffroi.journal import keys as journal_keys

    public = keys.key().public_key().public_bytes_raw()
    click.echo(f"installation  {heads.installation()}")
    click.echo(f"signs with    {notes.spoken(journal_keys.current().fingerprint)}")
    click.echo(f"as a witness  {keys.name()}  {public.hex()}")


@witness.command()
@click.option("--name", required=True, help="Its name, one word.")
@click.option("--key", "public_key", required=True, help="Its public key, 64 hexadecimal digits.")
@click.option("--url", default="", help="Where it takes heads; none: they go to it as files.")
def add(name: str, public_key: str, url: str) -> None:
    """Let somebody keep the heads of our journals.

    Example: beffroi witness add --name prefecture-35 --key 9f2c… --url https://temoin.example/
    """
    row = actions.add_witness(name=name, public_key=public_key, url=url)
    click.echo(f"{row.name}: {notes.spoken(row.fingerprint)}")


@witness.command()
@click.argument("name")
def remove(name: str) -> None:
    """Ask a witness no more; what it signed stays.

    Example: beffroi witness remove prefecture-35
    """
    actions.remove_witness(witness=queries.witness(name))
    click.echo("removed")


@witness.command(name="list")
def list_() -> None:
    """Who keeps our heads and up to where, and whose heads we keep.

    Example: beffroi witness list
    """
    for row in queries.witnesses():
        state = f"does not answer: {row.why}" if row.failing_since else (row.url or "by files")
        click.echo(f"{row.name}  {state}")
        for each in queries.standings(row):
            signed = f"{each.signed} of {each.size} entries, {each.at}" if each.at else "nothing yet"
            click.echo(f"  {each.journal}  {signed}")
        for refusal in row.refusals.order_by("at"):
            click.echo(f"  REFUSED {refusal.journal} on {refusal.at}: {refusal.code}: {refusal.why}")
    for log in queries.logs():
        lost = f", {log.lost} entries declared lost by restores" if log.lost else ""
        click.echo(f"we keep {log.log} of {log.name}: {log.heads} heads, {log.size} entries{lost}")
    for proof in models.Proof.objects.order_by("at"):
        click.echo(f"PROOF {proof.id}: {proof.log}: {proof.code}: {proof.why}")


@witness.command()
@click.argument("journal")
@click.option("--to", "name", required=True, help="The witness.")
@click.option("--out", type=click.File("w", encoding="utf-8"), default="-", help="Where to write.")
def propose(journal: str, name: str, out: click.utils.LazyFile) -> None:
    """Write the head of a journal for a witness without an address: by mail, or on a key.

    Example: beffroi witness propose territory:redon --to prefecture-35 --out redon.json
    """
    if journal not in journal_queries.journals():
        raise Invalid(where="journal", why=f"there is no journal {journal}")
    row = queries.witness(name)
    json.dump(proposing.proposal(journal, queries.places(row, journal)), out)
    out.write("\n")


@witness.command()
@click.argument("journal")
@click.argument("proposal", type=click.File("r", encoding="utf-8"))
@click.argument("answer", type=click.File("r", encoding="utf-8"))
@click.option("--from", "name", required=True, help="The witness.")
def keep(journal: str, proposal: click.utils.LazyFile, answer: click.utils.LazyFile, name: str) -> None:
    """Keep what a witness answered to a head that went to it as a file.

    Example: beffroi witness keep territory:redon redon.json redon.json.cosigned --from prefecture-35
    """
    try:
        note, told = json.load(proposal)["checkpoint"], json.load(answer)
    except (ValueError, KeyError, TypeError) as wrong:
        raise Invalid(where="answer", why=f"is not what a witness writes ({wrong})") from None
    actions.keep_answer(witness=queries.witness(name), journal_key=journal, note=note, answer=told)
    click.echo("kept")


@witness.command()
@click.argument("name")
def submit(name: str) -> None:
    """Send our heads to a witness now.

    Example: beffroi witness submit prefecture-35
    """
    row = queries.witness(name)
    sending.submit(row.pk)
    row.refresh_from_db()
    if row.failing_since:
        raise Invalid(where=name, why=row.why)
    for each in queries.standings(row):
        click.echo(f"{each.journal}  {each.signed} of {each.size} entries")


@witness.command()
@click.argument("installation")
@click.option("--name", required=True, help="Whose it is.")
@click.option("--fingerprint", required=True, help="Of its signing key, obtained by another way.")
def trust(installation: str, name: str, fingerprint: str) -> None:
    """Keep and counter-sign the heads of another installation.

    Example: beffroi witness trust 0f3a9c2b77d01e58 --name Allaire --fingerprint "9f2c …"
    """
    row = actions.trust_log(installation=installation, name=name, fingerprint=fingerprint)
    click.echo(f"{row.name}: its heads are taken at /temoin/")


@witness.command()
@click.argument("proposal", type=click.File("r", encoding="utf-8"))
@click.option("--out", type=click.File("w", encoding="utf-8"), default="-", help="Where to write the answer.")
def take(proposal: click.utils.LazyFile, out: click.utils.LazyFile) -> None:
    """As a witness: judge and counter-sign a head that came as a file.

    Example: beffroi witness take allaire.json --out allaire.json.cosigned
    """
    try:
        told = actions.take(json.load(proposal))
    except ValueError as wrong:
        raise Invalid(where="proposal", why=f"is not JSON ({wrong})") from None
    except judging.Refused as refusal:
        click.echo(f"REFUSED ({refusal.code}): {refusal}", err=True)
        sys.exit(2 if refusal.grave else 1)
    json.dump(told, out)
    out.write("\n")


@witness.command()
@click.argument("identifier", type=click.UUID)
@click.option("--out", type=click.File("w", encoding="utf-8"), default="-", help="Where to write.")
def proof(identifier: str, out: click.utils.LazyFile) -> None:
    """Write both signed heads that show a history rewritten.

    Example: beffroi witness proof 0198f2b2-0000-7000-8000-000000000000 --out preuve.json
    """
    row = models.Proof.objects.filter(pk=identifier).first()
    if row is None:
        raise Invalid(where="proof", why="there is none of that identifier")
    told = {"code": row.code, "why": row.why, "witnessed": row.witnessed, "proposed": row.proposed}
    json.dump(told, out, indent=1)
    out.write("\n")
