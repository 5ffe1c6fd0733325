"""SOAP 1.2 envelopes: what is asked, signed with a password's digest, and what is answered."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from html import escape

from beffroi.eyes.onvif.tree import Element, parsed

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://www.w3.org/2005/08/addressing"
_WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss"
_SECURITY = f"{_WSS}-wssecurity-secext-1.0.xsd"
_UTILITY = f"{_WSS}-wssecurity-utility-1.0.xsd"
_DIGEST = f"{_WSS}-username-token-profile-1.0#PasswordDigest"
_BASE64 = f"{_WSS}-soap-message-security-1.0#Base64Binary"
_LONGEST = 160


@dataclass(frozen=True, slots=True)
class Credentials:
    """A name and a password at a camera; the password is never shown."""

    user: str
    password: str = field(repr=False)


class Fault(Exception):
    """A SOAP fault: the local names of its codes, the most general first, and what it says."""

    def __init__(self, codes: tuple[str, ...], why: str) -> None:
        self.codes, self.why = codes, why
        super().__init__(why)


def security(credentials: Credentials, created: datetime, nonce: bytes) -> str:
    """A UsernameToken with a digest (WS-Security 1.0); `created` is by the camera's clock, in UTC."""
    moment = f"{created:%Y-%m-%dT%H:%M:%S}.{created.microsecond // 1000:03d}Z"
    told = nonce + moment.encode() + credentials.password.encode()
    digest = base64.b64encode(hashlib.sha1(told).digest()).decode()  # noqa: S324 - the standard's own digest
    return (
        f'<wsse:Security s:mustUnderstand="1" xmlns:wsse="{_SECURITY}" xmlns:wsu="{_UTILITY}">'
        f"<wsse:UsernameToken><wsse:Username>{escape(credentials.user)}</wsse:Username>"
        f'<wsse:Password Type="{_DIGEST}">{digest}</wsse:Password>'
        f'<wsse:Nonce EncodingType="{_BASE64}">{base64.b64encode(nonce).decode()}</wsse:Nonce>'
        f"<wsu:Created>{moment}</wsu:Created></wsse:UsernameToken></wsse:Security>"
    )


def written(body: str, *, header: str = "") -> bytes:
    """An envelope around `body` and `header`, both already XML."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="{SOAP}" xmlns:wsa="{ADDRESSING}">'
        f"<s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def addressed(*, to: str, action: str, message: str, references: tuple[Element, ...] = ()) -> str:
    """The headers of WS-Addressing; `references` are what a subscription asked to be told back."""
    back = "".join(each.written(' wsa:IsReferenceParameter="true"') for each in references)
    return (
        f"<wsa:Action>{escape(action)}</wsa:Action><wsa:MessageID>urn:uuid:{message}</wsa:MessageID>"
        f"<wsa:To>{escape(to)}</wsa:To>{back}"
    )


def answered(content: bytes) -> Element:
    """What stands in the body of an answer. Raises Fault; ValueError for what is no envelope."""
    root = parsed(content)
    if root.name != "Envelope" or root.space != SOAP:
        raise ValueError("it is not a SOAP 1.2 envelope")
    body = root.first("Body")
    if body is None or not body.elements:
        raise ValueError("its body is empty")
    found = body.elements[0]
    if found.name == "Fault":
        raise _fault(found)
    return found


def _fault(element: Element) -> Fault:
    codes = []
    code = element.first("Code")
    while code is not None and len(codes) < 8:
        codes.append(code.said("Value").rpartition(":")[2][:_LONGEST])
        code = code.first("Subcode")
    # WS-BaseNotification tells which fault it is by an element of the detail.
    codes += [each.name[:_LONGEST] for each in element.all("Detail")[:1] for each in each.elements[:1]]
    why = " ".join(element.said("Reason", "Text").split()) or "no reason given"
    return Fault(tuple(each for each in codes if each), why[:_LONGEST])
