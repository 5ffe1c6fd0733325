"""What an alert of the Smart Data Models means for a supervision centre, and back."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: From the least to the gravest.
SEVERITIES = ("informational", "low", "medium", "high", "critical")

#: What is told of by a sub-category, whatever its category.
_SUB: Mapping[str, str] = MappingProxyType(
    {
        "robbery": "report.theft",
        "assault": "report.assault",
        "suspiciousAction": "report.prowling",
        "civilDisorder": "report.disorder",
        "crowdRisk": "crowd.dense",
        "buildingFire": "report.fire",
        "forestFire": "report.fire",
        "carWrongDirection": "report.hazard",
        "carAccident": "report.hazard",
        "pedestrianOnRoad": "report.hazard",
        "hazardOnRoad": "report.hazard",
        "injuredBiker": "report.rescue",
    }
)
#: What is told of by a category alone.
_CATEGORY: Mapping[str, str] = MappingProxyType(
    {
        "security": "report.other",
        "crowd": "crowd.dense",
        "naturalDisaster": "hazard.warning",
        "weather": "hazard.warning",
        "environment": "hazard.warning",
    }
)
#: A warning below this severity is a forecast, not something to act on.
_WARNS_FROM = {"naturalDisaster": "medium", "weather": "high", "environment": "high"}


def kind_of(category: str, sub_category: str, severity: str) -> str:
    """The kind of an alert; '' where it is none of a supervision centre's business.

    Health, agriculture and the flow of traffic are not (an alert of health concerns a person), nor is what
    only informs. A warning without a severity that is known counts.
    """
    if severity == SEVERITIES[0]:
        return ""
    if sub_category in _SUB:
        return _SUB[sub_category]
    least = _WARNS_FROM.get(category)
    if least and severity in SEVERITIES and SEVERITIES.index(severity) < SEVERITIES.index(least):
        return ""
    return _CATEGORY.get(category, "")


#: Category and sub-category ('' for none) under which an act may be told to others; what is not listed is
#: not: a missing person, a rescue and an attack on the town's own machines concern someone.
PUBLIC: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "burglary": ("security", "robbery"),
        "theft": ("security", "robbery"),
        "vehicle_crime": ("security", "robbery"),
        "assault": ("security", "assault"),
        "crew_assault": ("security", "assault"),
        "prowling": ("security", "suspiciousAction"),
        "sabotage": ("security", "suspiciousAction"),
        "vandalism": ("security", "suspiciousAction"),
        "disorder": ("security", "civilDisorder"),
        "crowd": ("security", "crowdRisk"),
        "fire": ("security", "buildingFire"),
        "hazard": ("environment", ""),
    }
)
