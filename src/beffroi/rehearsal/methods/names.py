"""Names that any small French town has: nobody's in particular."""

from __future__ import annotations

TOWN = "Bourg-l’Exercice"
SQUARE = "Place de la Mairie"

#: Within the old walls: from the square to the boulevard, one a spoke.
INNER = (
    "Rue de l’Église",
    "Rue du Four",
    "Rue de l’Horloge",
    "Rue des Halles",
    "Rue du Pont",
    "Rue des Tanneurs",
    "Rue du Puits",
    "Rue de la Poterne",
)
#: The ring within the walls, by halves.
LANE = ("Rue Basse", "Rue Haute")
#: Where the walls were, by quarters.
BOULEVARD = (
    "Boulevard des Remparts",
    "Boulevard du Midi",
    "Boulevard de la Liberté",
    "Boulevard du Nord",
)
#: From the boulevard outwards, one a spoke; every fourth is a road to elsewhere.
OUTER = (
    "Avenue de la République",
    "Rue des Lilas",
    "Rue Jules-Ferry",
    "Rue des Jardins",
    "Avenue de la Gare",
    "Rue Victor-Hugo",
    "Rue des Écoles",
    "Rue du Moulin",
    "Avenue du Général-Leclerc",
    "Rue Pasteur",
    "Rue des Prés",
    "Rue du Lavoir",
    "Avenue du Pont-Neuf",
    "Rue Jean-Jaurès",
    "Rue des Acacias",
    "Rue Marie-Curie",
)
ROADS = ("Route de la Forêt", "Route du Plateau", "Route des Étangs", "Route de la Vallée")
#: The outer rings, piece by piece.
AROUND = (
    "Rue des Tilleuls",
    "Rue Gambetta",
    "Rue du Stade",
    "Rue du Clos",
    "Rue de la Fontaine",
    "Rue des Vergers",
    "Rue Condorcet",
    "Rue du Verger",
    "Rue des Peupliers",
    "Rue George-Sand",
    "Rue du 8-Mai-1945",
    "Rue de la Croix",
    "Rue Louise-Michel",
    "Rue des Charmes",
    "Rue de la Butte",
    "Chemin des Vignes",
    "Chemin de la Garenne",
    "Chemin du Bois",
    "Chemin des Murets",
    "Chemin de Ronde",
)
CLOSES = (
    "Impasse des Mésanges",
    "Impasse du Cèdre",
    "Impasse des Bleuets",
    "Impasse du Rossignol",
    "Impasse des Noisetiers",
    "Impasse de la Source",
    "Impasse des Genêts",
    "Impasse du Coteau",
    "Impasse des Hirondelles",
    "Impasse du Colombier",
)
