"""`beffroi webhook`: programs that are notified, at which address, of what, and how that goes."""

from __future__ import annotations

import json
from typing import Any

import click
import msgspec

from beffroi.during.webhooks import actions, courier, queries
from beffroi.during.webhooks.rules.events import KINDS
from beffroi.foundation.errors import BeffroiError
from beffroi.people import programs


class NotTaken(BeffroiError):
    """A test notification that the receiver did not take."""

    code = "webhook.not_taken"
    message = "The receiver did not take it: {fault}."
    advice = "See the faults in the guide of integrators."


@click.group()
def webhook() -> None:
    """Notifications to programs: signed events over HTTPS, in order, at least once.

    Example: beffroi webhook list
    """


@webhook.command()
@click.option("--program", required=True, help="The program (name or identifier); it needs events:read.")
@click.option("--url", required=True, help="Where it listens: https://…")
@click.option("--kind", "kinds", multiple=True, help="A kind of event; none: all (`beffroi webhook kinds`).")
@click.option("--territory", "territories", multiple=True, help="Only these; none: all that it reaches.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def add(
    *, program: str, url: str, kinds: tuple[str, ...], territories: tuple[str, ...], as_json: bool
) -> None:
    """Notify a program from now on, and print the secret that signs.

    Example: beffroi webhook add --program SIG --url https://sig.redon.example/beffroi
    --kind incident.opened --kind incident.closed
    """
    made = actions.subscribe(program=programs.program(program), url=url, kinds=kinds, territories=territories)
    if as_json:
        click.echo(json.dumps({"subscription": str(made.id), "secret": made.secret}))
        return
    click.echo(f"Subscription {made.id}")
    click.echo(f"Secret (shown this once): {made.secret}")


@webhook.command("list")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def list_subscriptions(as_json: bool) -> None:
    """Subscriptions, and how each fares.

    Example: beffroi webhook list --json
    """
    rows = queries.subscriptions()
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(rows)))
        return
    for each in rows:
        state = f"{each.state} ({each.why})" if each.why else each.state
        failing = f", failing since {each.failing_since:%Y-%m-%d %H:%M}" if each.failing_since else ""
        click.echo(f"{each.id}  {each.program_name}  {each.url}  {state}{failing}")
        click.echo(f"    {', '.join(each.kinds)}  @ {', '.join(each.territories) or 'all that it reaches'}")
    if not rows:
        click.echo("Nobody is notified: beffroi webhook add --help")


@webhook.command()
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def kinds(as_json: bool) -> None:
    """What programs can be told.

    Example: beffroi webhook kinds
    """
    click.echo(json.dumps(KINDS) if as_json else "\n".join(KINDS))


@webhook.command()
@click.argument("subscription")
@click.option("--limit", default=20, show_default=True, help="How many, the newest first.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def deliveries(subscription: str, limit: int, as_json: bool) -> None:
    """The latest tries of a subscription, and what was answered.

    Example: beffroi webhook deliveries 019a2b3c-0000-7000-8000-000000000000 --limit 5
    """
    rows = queries.deliveries(queries.row_of(subscription).pk, limit)
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(rows)))
        return
    for each in rows:
        said = each.fault or f"taken ({each.status})"
        again = f", try {each.attempt}" if each.attempt > 1 else ""
        click.echo(
            f"{each.at:%Y-%m-%d %H:%M:%S}  {each.kind} {each.position}  {said}, {each.took_ms} ms{again}"
        )


@webhook.command()
@click.argument("subscription")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def test(subscription: str, as_json: bool) -> None:
    """Send one test event now; exit status 1 where it is not taken.

    Example: beffroi webhook test 019a2b3c-0000-7000-8000-000000000000
    """
    result = courier.test(queries.row_of(subscription).pk)
    if not result.taken:
        raise NotTaken(fault=result.fault)
    told: dict[str, Any] = {"status": result.status, "took_ms": result.took_ms}
    click.echo(json.dumps(told) if as_json else f"Taken ({result.status}) in {result.took_ms} ms.")


@webhook.command()
@click.argument("subscription")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def rotate(subscription: str, as_json: bool) -> None:
    """Make a new secret and print it; for 24 hours both sign.

    Example: beffroi webhook rotate 019a2b3c-0000-7000-8000-000000000000
    """
    secret = actions.rotate(subscription=queries.row_of(subscription).pk)
    click.echo(json.dumps({"secret": secret}) if as_json else f"Secret (shown this once): {secret}")


@webhook.command()
@click.argument("subscription")
def pause(subscription: str) -> None:
    """Tell nothing for now; what happens meanwhile waits.

    Example: beffroi webhook pause 019a2b3c-0000-7000-8000-000000000000
    """
    actions.pause(subscription=queries.row_of(subscription).pk)
    click.echo("Paused.")


@webhook.command()
@click.argument("subscription")
@click.option("--skip", is_flag=True, help="From now on only: what waited is not told.")
def resume(subscription: str, skip: bool) -> None:
    """Go on where it stood.

    Example: beffroi webhook resume 019a2b3c-0000-7000-8000-000000000000
    """
    actions.resume(subscription=queries.row_of(subscription).pk, skip=skip)
    click.echo("Resumed.")


@webhook.command()
@click.argument("subscription")
def remove(subscription: str) -> None:
    """End a subscription and forget its secret.

    Example: beffroi webhook remove 019a2b3c-0000-7000-8000-000000000000
    """
    actions.remove(subscription=queries.row_of(subscription).pk)
    click.echo("Removed.")
