"""What happened, by the nomenclature 'nature de fait' of the exchange, in words of our vocabulary.

Codes are C, a chapter, a section and a detail (`C02.15.01`). The longest beginning that is listed counts;
what is not listed is `report.other`. Read from the nomenclature of October 2024, 298 codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

OTHER = "report.other"

#: Beginning of a code: kind.
NATURES: Mapping[str, str] = MappingProxyType(
    {
        "C01": "report.rescue",  # accidents of traffic
        "C02": "report.rescue",  # harm to persons: illness, fall, drowning, hanging, exposure
        "C02.01": "report.assault",  # attack of terror
        "C02.02": "report.assault",  # hostage
        "C02.03": "report.assault",  # homicide
        "C02.04": "report.assault",  # abduction, confinement
        "C02.06": OTHER,  # epidemic, food poisoning of many
        "C02.07.04": "report.hazard",  # chemical or toxic products
        "C02.14": "report.assault",  # sexual harm
        "C02.15": "report.assault",  # violence
        "C02.15.03": "report.disorder",  # verbal
        "C02.16": OTHER,
        "C02.16.03": "report.disorder",  # altercation, incivility
        "C03": OTHER,  # harm to goods, animals
        "C03.01": "report.vandalism",
        "C03.01.02": "report.vehicle_crime",
        "C03.02": "report.theft",
        "C03.02.02": "report.vehicle_crime",  # by opening or breaking a car's door
        "C03.02.04": "report.vehicle_crime",  # in a vehicle
        "C03.02.05": "report.vehicle_crime",  # of a vehicle
        "C03.02.01": "report.assault",  # snatching with violence
        "C03.02.12": "report.assault",  # armed
        "C03.02.13": "report.assault",  # with violence, extortion
        "C03.02.14": "report.assault",  # car-jacking
        "C03.03": "report.burglary",
        "C03.03.01": "report.assault",  # home-jacking: the owners are there
        "C03.04": "report.burglary",  # intrusion, alarm of intrusion
        "C03.12": "report.hazard",  # a dangerous animal
        "C04": "report.fire",
        "C05": "report.fire",  # explosion
        "C06": OTHER,  # suspected offences
        "C06.07": "report.disorder",  # a place occupied
        "C07": "report.disorder",  # public order
        "C07.01": "report.hazard",  # bomb threat
        "C07.04": "report.crowd",
        "C07.07.01": "report.hazard",  # an obstacle
        "C07.07.04": "report.vandalism",  # hydrants opened
        "C07.08": "report.assault",  # hijack
        "C07.09.01": "report.assault",  # someone violent, entrenched
        "C07.09.02": "report.assault",  # someone dangerous
        "C07.09.03": "report.prowling",
        "C07.09.05": "report.hazard",  # on foot on a motorway
        "C07.10": "report.prowling",  # a suspect vehicle
        "C07.11": "report.hazard",  # a suspect parcel
        "C07.12": "report.assault",  # shots
        "C07.13.03": "report.crowd",
        "C08": "report.hazard",  # nature, weather, pollution
        "C08.02": "report.rescue",  # avalanche
        "C08.06": "report.rescue",  # collapse
        "C09": "report.hazard",  # electricity, gas, buildings in danger
        "C09.06": "report.rescue",  # a lift that stopped
        "C10.01": "report.missing_person",
        "C10.01.01": "report.prowling",  # an escaped offender
        "C10.01.04": "report.rescue",  # does not answer calls
        "C10.02": "report.rescue",  # a dead body
        "C10.04": "report.hazard",  # explosive device
        "C10.06": "report.hazard",  # weapons found
        "C11.05.01": "report.rescue",  # stranding, shipwreck
        "C11.05.03": OTHER,  # a locked door
    }
)


#: Act: the code under which we pass a case on, and its label in the nomenclature.
PASSED_ON: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "burglary": ("C03.03.00", "Cambriolage"),
        "theft": ("C03.02.00", "Vol"),
        "vehicle_crime": ("C03.02.05", "Vol de véhicule"),
        "assault": ("C02.15.00", "Agression ou violence"),
        "crew_assault": ("C02.15.02", "Agression ou violence physique"),
        "vandalism": ("C03.01.00", "Dégradation volontaire de lieux, biens ou véhicules"),
        "sabotage": ("C03.01.00", "Dégradation volontaire de lieux, biens ou véhicules"),
        "fire": ("C04.00.00", "Incendie"),
        "disorder": ("C07.00.00", "Ordre public"),
        "crowd": ("C07.04.00", "Rassemblement"),
        "missing_person": ("C10.01.03", "Disparition de personne vulnérable"),
        "rescue": ("C02.00.00", "Atteinte aux personnes"),
        "prowling": ("C07.09.03", "Personne suspecte rôdeur"),
        "hazard": ("C09.00.00", "Aléas technologique ou technique"),
    }
)
#: An act that the nomenclature has no word for.
UNNAMED = ("C11.06.00", "Autre nature de fait")


def kind_of(code: str) -> str:
    """The kind that a code stands for."""
    parts = code.split(".")
    for length in range(len(parts), 0, -1):
        found = NATURES.get(".".join(parts[:length]))
        if found:
            return found
    return OTHER
