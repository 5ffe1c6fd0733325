"""The French and English words of what stands beside a moment in the timeline."""

from __future__ import annotations

from collections.abc import Mapping

DETAILS: Mapping[str, tuple[str, str]] = {
    "act": ("acte", "act"),
    "cause": ("cause", "cause"),
    "chance": ("chance d’arriver à temps", "chance to arrive in time"),
    "device": ("appareil", "device"),
    "digest": ("empreinte", "digest"),
    "eta_s": ("arrivée estimée (s)", "estimated arrival (s)"),
    "exercise": ("exercice", "exercise"),
    "high": ("borne haute", "upper bound"),
    "how": ("comment", "how"),
    "in_journal": ("inscrit au journal", "in the journal"),
    "independent": ("indépendant", "independent"),
    "into": ("vers", "into"),
    "key": ("clé", "key"),
    "kind": ("genre", "kind"),
    "life": ("vie en danger", "life in danger"),
    "low": ("borne basse", "lower bound"),
    "metres": ("distance (m)", "distance (m)"),
    "note": ("note", "note"),
    "number": ("numéro", "number"),
    "observation": ("observation", "observation"),
    "observations": ("observations", "observations"),
    "order": ("ordre proposé", "order proposed"),
    "others": ("autres patrouilles", "other units"),
    "outcome": ("issue", "outcome"),
    "override": ("motif d’un autre choix", "reason of another choice"),
    "place": ("rang dans l’ordre proposé", "place in the order proposed"),
    "probability": ("probabilité", "probability"),
    "procedure": ("procédure", "procedure"),
    "reasons": ("raisons", "reasons"),
    "received_at": ("reçu", "received"),
    "relation": ("lien", "relation"),
    "repeats": ("répétitions", "repeats"),
    "seconds": ("secondes", "seconds"),
    "seen_seconds_before": ("vu auparavant (s)", "seen before (s)"),
    "signal": ("signalement", "report"),
    "state": ("état", "state"),
    "statement": ("déclaration", "statement"),
    "step": ("étape", "step"),
    "text": ("texte", "text"),
    "understood_at": ("compris", "understood"),
    "unit": ("patrouille", "unit"),
    "territory": ("territoire", "territory"),
    "weight": ("poids (nats)", "weight (nats)"),
    "what": ("quoi", "what"),
    "why": ("pourquoi", "why"),
}

CODED = frozenset({"act", "cause", "how", "kind", "outcome", "reasons", "relation", "state", "step", "what"})
"""Details whose values are codes that have words of their own."""

TIMES = frozenset({"received_at", "understood_at"})
"""Details that are instants."""
