"""One at a time: of several processes alike, the one that holds a lock of PostgreSQL's.

The lock lives with a database connection. A process that ends lets go of it at once; a machine that dies, as
soon as PostgreSQL finds its connection dead (about 5 s, see house/django_settings). Who loses the connection
has lost the lock, and can write nothing until there is another: nobody writes without holding it.
"""

from __future__ import annotations

import hashlib

from django.db import connection

_HOLDER = """SELECT pid FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND classid::bigint = %s AND objid::bigint = %s
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""


class Lease:
    """The lock of that name, on the calling thread's database connection. A village has no second process."""

    def __init__(self, name: str) -> None:
        self._number = int.from_bytes(hashlib.sha256(f"beffroi {name}".encode()).digest()[:6])
        self._on: object | None = None

    @property
    def number(self) -> int:
        """The lock's number in PostgreSQL."""
        return self._number

    def held(self, *, ask: bool = False) -> bool:
        """Whether this process is the one; taken where nobody holds it. Costs nothing once it is held.

        `ask`: look whether the connection lives, for who asks nothing else over it. Raises DatabaseError.
        """
        if connection.vendor != "postgresql":
            return True
        if self._on is not None and connection.connection is self._on:
            if ask:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT 1")
            return True
        self._on = None
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [self._number])
            if cursor.fetchone()[0]:
                self._on = connection.connection
        return self._on is not None

    def holder(self) -> int | None:
        """PostgreSQL's number of the connection that holds it, ours or another's; None where none does."""
        with connection.cursor() as cursor:
            cursor.execute(_HOLDER, [self._number >> 32, self._number & 0xFFFFFFFF])
            row = cursor.fetchone()
        return row[0] if row else None

    def oust(self, holder: int) -> bool:
        """Cut that connection where it holds the lease: it lets go at once, and can write nothing more."""
        if self.holder() != holder:
            return False
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [holder])
            return bool(cursor.fetchone()[0])

    def let_go(self) -> None:
        """Give the lock up, with the connection that it lives on."""
        if self._on is not None:
            self._on = None
            connection.close()
