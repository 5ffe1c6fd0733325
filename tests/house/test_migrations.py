"""The migrations say what the models say."""

from __future__ import annotations

import pytest
from django.core.management import call_command

pytestmark = [pytest.mark.room, pytest.mark.django_db]


def test_migrations_equal_models() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=1)
