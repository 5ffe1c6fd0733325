"""Calls by e-mail: one message over SMTP, by the standard library."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime

from beffroi.during.oncall.errors import NoChannel
from beffroi.during.oncall.gateways import Result
from beffroi.foundation import clock
from beffroi.foundation.settings import Settings, current

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def written(*, to: str, text: str, key: str) -> EmailMessage:
    """A mail whose first line is its subject; tried again it keeps its identifier."""
    settings = current()
    subject, _, body = text.partition("\n\n")
    mail = EmailMessage()
    mail["From"] = settings.smtp_from or settings.smtp_user
    mail["To"] = to
    mail["Subject"] = " ".join(subject.split())
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = (
        f"<{key}@{(settings.smtp_from or settings.smtp_user).rpartition('@')[2] or 'beffroi'}>"
    )
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Priority"] = "1"
    mail.set_content(body)
    return mail


def send(*, to: str, text: str, key: str) -> Result:
    """Hand one mail to the server; never raises for what the network or the server does."""
    settings = current()
    if not settings.smtp_host:
        return Result(False, fault="no_channel")
    try:
        with _session(settings) as session:
            if settings.smtp_user:
                session.login(settings.smtp_user, settings.smtp_password)
            session.send_message(written(to=to, text=text, key=key))
    except NoChannel:
        return Result(False, fault="not_encrypted")
    except (OSError, smtplib.SMTPException) as error:
        return _fault(error)
    return Result(True)


def _fault(error: Exception) -> Result:
    """What went wrong as a code, and whether it may pass: 4xx may, 5xx does not (RFC 5321)."""
    status = 0
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        status = next(iter(error.recipients.values()), (550, b""))[0]
    elif isinstance(error, smtplib.SMTPResponseException):
        status = error.smtp_code
    if status:
        return Result(False, fault=f"smtp_{status}", again=400 <= status < 500)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Result(False, fault="not_encrypted")
    if isinstance(error, TimeoutError):
        return Result(False, fault="timeout", again=True)
    return Result(False, fault="tls" if isinstance(error, ssl.SSLError) else "unreachable", again=True)


def _session(settings: Settings) -> smtplib.SMTP:
    """An encrypted session with the mail server. Raises NoChannel where it would not be."""
    timeout = settings.oncall_timeout_seconds
    if settings.smtp_security == "tls":
        return smtplib.SMTP_SSL(
            settings.smtp_host, settings.smtp_port, timeout=timeout, context=ssl.create_default_context()
        )
    if settings.smtp_security != "starttls" and settings.smtp_host not in _LOOPBACK:
        raise NoChannel(channel="e-mail without encryption")
    session = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=timeout)
    if settings.smtp_security == "starttls":
        try:
            session.starttls(context=ssl.create_default_context())
        except (OSError, smtplib.SMTPException):
            session.close()
            raise
    return session
