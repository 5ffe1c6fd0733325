"""What an alert of Suricata means, by its category.

The names are those of `classification.config`, which Suricata and the Emerging Threats rules share. What is
in none of these lists (decoder events, odd protocols, address block lists) is the noise of any network.
"""

from __future__ import annotations

#: Something hostile runs, or ran, on a machine of the town.
MALWARE = frozenset(
    {
        "a network trojan was detected",
        "malware command and control activity detected",
        "domain observed used for c2 detected",
        "crypto currency mining activity detected",
        "exploit kit activity detected",
        "executable code was detected",
    }
)
#: Someone tries something on a machine of the town, or has succeeded.
ATTACK = frozenset(
    {
        "attempted information leak",
        "information leak",
        "large scale information leak",
        "attempted denial of service",
        "denial of service",
        "detection of a denial of service attack",
        "detection of a network scan",
        "attempted user privilege gain",
        "unsuccessful user privilege gain",
        "successful user privilege gain",
        "attempted administrator privilege gain",
        "successful administrator privilege gain",
        "web application attack",
        "attempt to login by a default username and password",
        "an attempted login using a suspicious username was detected",
        "targeted malicious activity was detected",
        "successful credential theft detected",
    }
)
#: What people of the town look at or use: none of a watch's business, whatever the severity.
CONDUCT = frozenset({"inappropriate content was detected", "potential corporate privacy violation"})

#: From this severity on (1 is the gravest) an alert of a category that is no attack by name is noise.
_NOISE_FROM = 2
#: Suricata's own events about packets and protocols that it could not follow.
_OWN_EVENTS = "SURICATA "


def kind_of(category: str, severity: int, signature: str) -> str:
    """The kind of an alert; '' where it tells of people's conduct and is passed over.

    A network scan has severity 3 by default and is an attack all the same; a decoder event is noise even
    where someone raised its severity.
    """
    name = category.strip().lower()
    if name in CONDUCT:
        return ""
    if signature.startswith(_OWN_EVENTS):
        return "technical.other"
    if name in MALWARE:
        return "cyber.malware"
    if name in ATTACK or (name not in _NOISE and severity < _NOISE_FROM):
        return "cyber.network"
    return "technical.other"


_NOISE = frozenset({"generic protocol command decode", "not suspicious traffic", "misc activity"})
