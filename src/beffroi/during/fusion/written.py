"""Many rows renewed at once: the one place where the engine goes past Django's own statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model


def renew(model: type[Model], changed: Sequence[tuple[UUID, dict[str, Any]]]) -> None:
    """Write these columns of these rows, as `filter(pk=…).update(…)` does one by one, by one statement.

    Django's own takes 0.2 ms a row, most of it to make the same words again; much traffic changes hundreds.
    """
    alike: dict[tuple[str, ...], list[tuple[UUID, dict[str, Any]]]] = {}
    for key, fields in changed:
        alike.setdefault(tuple(fields), []).append((key, fields))
    meta, quoted = model._meta, connection.ops.quote_name
    for names, rows in alike.items():
        columns = [meta.get_field(name) for name in names]
        sets = ", ".join(f"{quoted(each.column)} = %s" for each in columns)
        values = [
            [each.get_db_prep_save(fields[each.name], connection) for each in columns]
            + [meta.pk.get_db_prep_value(key, connection)]
            for key, fields in rows
        ]
        with connection.cursor() as cursor:
            # Names of our own tables and columns; every value is a parameter.
            cursor.executemany(
                f"UPDATE {quoted(meta.db_table)} SET {sets} WHERE {quoted(meta.pk.column)} = %s",  # noqa: S608 - as said above
                values,
            )
