"""How grave an alert of Wazuh is and what it tells of, the same for version 4 and version 5."""

from __future__ import annotations

from collections.abc import Collection

INFORMATIONAL, LOW, MEDIUM, HIGH = range(4)

#: Version 5 (and Sigma) say it in words.
WORDS = {"informational": INFORMATIONAL, "low": LOW, "medium": MEDIUM, "high": HIGH, "critical": HIGH}
#: Version 4 says it from 0 to 15 (16 in rules of one's own): below 3 nothing is an alert by default, 12 is
#: where Wazuh itself begins to send mail.
_FROM_LEVEL = ((12, HIGH), (7, MEDIUM), (3, LOW))

#: Groups of rules that tell of malware, and how grave they must be: the others report routine as well.
_MALWARE = {
    "virus": MEDIUM,
    "virustotal": MEDIUM,
    "yara": MEDIUM,
    "malware": MEDIUM,
    "rootkit": MEDIUM,
    "trojan": MEDIUM,
    "ransomware": MEDIUM,
    "windows_defender": HIGH,
    "rootcheck": HIGH,
}
#: What could be improved or was heard elsewhere: a weakness is no attack, Suricata has its own connector.
_HYGIENE = frozenset({"vulnerability-detector", "vulnerability", "sca", "suricata"})


def gravity(level: int | str) -> int:
    """How grave a rule's level is. Raises KeyError for a word that is none."""
    if isinstance(level, str) and not level.isdecimal():
        return WORDS[level.lower()]
    number = int(level)
    return next((found for least, found in _FROM_LEVEL if number >= least), INFORMATIONAL)


def kind_of(grave: int, groups: Collection[str]) -> str:
    """The kind of an alert by its gravity and the groups (in small letters) of its rule."""
    if _HYGIENE.intersection(groups):
        return "technical.other"
    if any(grave >= _MALWARE.get(group, HIGH + 1) for group in groups):
        return "cyber.malware"
    return "cyber.host" if grave >= HIGH else "technical.other"
