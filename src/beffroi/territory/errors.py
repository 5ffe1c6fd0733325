"""What can go wrong with a territory, said so that it can be put right."""

from __future__ import annotations

from beffroi.foundation.errors import BeffroiError, Invalid, NotFound


class UnknownTerritory(NotFound):
    """No territory has this key."""

    code = "territory.unknown"
    message = "No territory is called {key}."
    advice = "`beffroi territory show` lists those that were imported."


class NoTown(NotFound):
    """The territory had no map at that time."""

    code = "territory.no_town"
    message = "{key} has no map for {at}."
    advice = "Import one with `beffroi territory import`, or ask for a later date."


class DamagedTown(BeffroiError):
    """A version whose files are missing, or were written by a release whose form is no longer read."""

    code = "territory.damaged_town"
    message = "The files of {folder} cannot be read: {why}."
    advice = "Restore them from a backup, or import the map again."
    status = 503


class UnknownDevice(NotFound):
    """No such device at that time."""

    code = "territory.unknown_device"
    message = "{territory} has no device called {device}."


class UnknownUnit(NotFound):
    """No such patrol unit."""

    code = "territory.unknown_unit"
    message = "{territory} has no patrol unit called {unit}."


class BadMap(BeffroiError):
    """A file of streets that cannot be used; nothing was changed."""

    code = "territory.bad_map"
    message = "{file} cannot be used as a map: {why}. Nothing was changed."
    advice = "Give an OpenStreetMap extract as .osm, .osm.gz or .osm.pbf, whole."
    status = 422


class NoCommunes(BeffroiError):
    """The list of communes is not installed."""

    code = "territory.no_communes"
    message = "The list of French communes is not installed ({path})."
    advice = "Run `python -m tools.vendor` once, or name the territory yourself with --name."
    status = 503


class UnknownCommune(NotFound):
    """No commune in force has this code."""

    code = "territory.unknown_commune"
    message = "No commune in force has the INSEE code {insee}.{hint}"
    advice = "Give the five characters of the commune's INSEE code (not its postcode)."


class BadTable(Invalid):
    """A table of devices or units that cannot be read at all; nothing was changed."""

    code = "territory.bad_table"
    message = "{file}: {why}. Nothing was changed."
    advice = "docs/reference/import-formats.md describes the columns."


class BadRows(Invalid):
    """Rows of a table that cannot be taken; nothing was changed."""

    code = "territory.bad_rows"
    message = "{file}: {count} rows cannot be taken. Nothing was changed.\n{rows}"
    advice = "Correct these rows, or take the others with --skip-bad."


class UnknownProjection(Invalid):
    """Coordinates that are not degrees, and no word on what they are."""

    code = "territory.unknown_projection"
    message = (
        "{file}: coordinates such as {example} are not degrees, and the file does not say what they are."
    )
    advice = "Name the coordinate system with --crs, such as --crs EPSG:2154 for Lambert-93."


class LooksLikeLambert93(UnknownProjection):
    """Coordinates that lie in France when read as Lambert-93."""

    code = "territory.looks_like_lambert93"
    message = "{file}: coordinates such as {example} look like Lambert-93, but the file does not say so."
    advice = "If they are, add --crs EPSG:2154."
