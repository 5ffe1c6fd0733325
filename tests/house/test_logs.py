"""Logs never hold a secret."""

from __future__ import annotations

import json

import pytest
import structlog

from beffroi.house import logs

pytestmark = pytest.mark.unit


def test_a_secret_field_is_hidden(capsys):
    structlog.reset_defaults()
    logs.configure("test")
    try:
        structlog.get_logger("x").warning("seen", token="t0p", password="p4ss", duty="heads")
    finally:
        structlog.contextvars.clear_contextvars()
        structlog.reset_defaults()
    line = json.loads(capsys.readouterr().err)
    assert line["token"] == line["password"] == "(hidden)"
    assert (line["duty"], line["event"], line["process"]) == ("heads", "seen", "test")
