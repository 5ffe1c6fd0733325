"""`beffroi observe`: send one observation by hand."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import Any

import click

from beffroi.during.intake import queries, rules, spool
from beffroi.during.intake.connectors.http.connector import read
from beffroi.during.intake.kinds import KINDS
from beffroi.foundation import clock
from beffroi.foundation import settings as configuration
from beffroi.foundation.errors import BeffroiError, NotFound
from beffroi.foundation.identifiers import uuid7


class NotTaken(BeffroiError):
    """The server refused the observation, or was not reached."""

    code = "intake.not_taken"
    message = "The observation was not taken: {why}."
    advice = "Check the address and the token; without --token it goes straight to this machine's spool."


@click.command()
@click.option("--territory", required=True, help="The territory it is about.")
@click.option("--source", "source_key", required=True, help="The key of the source that says it.")
@click.option("--kind", required=True, type=click.Choice(sorted(KINDS)), help="What is said.")
@click.option("--key", default="", help="Names the message: the same key twice is one observation.")
@click.option("--device", default="", help="The device that noticed it.")
@click.option("--lat", type=float, help="Latitude (degrees, WGS 84).")
@click.option("--lon", type=float, help="Longitude (degrees, WGS 84).")
@click.option("--radius", "radius_m", type=float, default=0.0, help="Doubt about the place (m).")
@click.option("--certainty", type=float, help="From 0 to 1.")
@click.option("--seen-at", help="When it was seen (ISO 8601 with its zone); now where left out.")
@click.option("--exercise", is_flag=True, help="Mark it as an exercise.")
@click.option("--url", help="Send it over HTTP to this server (https://name:port).")
@click.option("--token", envvar="BEFFROI_TOKEN", help="The source's token, for --url.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def observe(
    *, territory: str, source_key: str, url: str | None, token: str | None, as_json: bool, **said: Any
) -> None:
    """Send an observation: over HTTP where --url is given, else straight to this machine's spool.

    Example: beffroi observe --territory redon --source PANEL-1 --kind intrusion.door --device P-1
    """
    said["key"] = said["key"] or f"by-hand-{uuid7()}"
    said["seen_at"] = said["seen_at"] or datetime.now(UTC).isoformat()
    body = {name: value for name, value in said.items() if value not in (None, "", False)}
    body["territory"] = territory
    answer = _over_http(url, token or "", body) if url else _to_spool(territory, source_key, body)
    if as_json:
        click.echo(json.dumps(answer))
    else:
        again = " (it was there already)" if answer["duplicate"] else ""
        click.echo(f"Observation {body['key']} stands at position {answer['position']}{again}.")


def _to_spool(territory: str, source_key: str, body: dict[str, Any]) -> dict[str, Any]:
    speaker = queries.speaker_by_key(territory, source_key)
    if speaker is None:
        raise NotFound(what=f"source {source_key} of {territory}")
    draft = read(json.dumps(body).encode(), territory=territory)
    observation = rules.observation(speaker, draft, identifier=uuid7(), received_at=clock.now())
    receipt = spool.shared().append_many([observation])[0]
    return {"position": receipt.position, "duplicate": receipt.duplicate, "id": str(observation.id)}


def _trust() -> ssl.SSLContext:
    """What this machine trusts, and the installation's own authority where it lives here."""
    context = ssl.create_default_context()
    own = configuration.current().data_path / "tls" / "authority.pem"
    if own.exists():
        context.load_verify_locations(own)
    return context


def _over_http(url: str, token: str, body: dict[str, Any]) -> dict[str, Any]:
    if not url.startswith(("http://", "https://")):
        raise NotTaken(why=f"{url} is not an http or https address")
    request = urllib.request.Request(  # noqa: S310 - checked above
        f"{url.rstrip('/')}/api/v1/observations",
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    try:
        tls = ssl.create_default_context()
        with urllib.request.urlopen(request, timeout=20, context=tls) as answer:  # noqa: S310 - our own address
            told: dict[str, Any] = json.load(answer)
            return told
    except urllib.error.HTTPError as error:
        try:
            why = json.load(error)["error"]["message"].rstrip(".")
        except (ValueError, KeyError, TypeError):
            why = f"HTTP {error.code}"
        raise NotTaken(why=why) from None
    except (urllib.error.URLError, TimeoutError) as error:
        raise NotTaken(why=str(error)) from None
