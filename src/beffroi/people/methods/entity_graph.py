"""What a member holds as Cedar entities: the member, their roles, and where each role reaches."""

from __future__ import annotations

from beffroi.people.methods.rights import CENTRE, INSTALLATION, TERRITORY, Standing

INSTALLATION_ENTITY = {"type": "Installation", "id": "installation"}


def entity(kind: str, key: str, parents: list[dict[str, str]], **attributes: object) -> dict[str, object]:
    """One entity in Cedar's JSON form."""
    return {"uid": {"type": kind, "id": key}, "attrs": attributes, "parents": parents}


def in_graph(standing: Standing) -> frozenset[str]:
    """Territories of which the graph says where they lie."""
    granted = {key for _, scope, key in standing.grants if scope == TERRITORY}
    return frozenset(granted | {territory for _, territory in standing.watches} | standing.known)


def graph_of(standing: Standing, roles: tuple[str, ...]) -> list[dict[str, object]]:
    """The member, its roles and organisation, and where each role reaches, as Cedar entities."""

    held: dict[tuple[str, str], list[str]] = {}
    for role, scope, key in sorted(standing.grants):
        held.setdefault((scope, key), []).append(role)

    def remits(scope: str, key: str) -> list[dict[str, str]]:
        return [{"type": "Remit", "id": f"{standing.member}/{role}"} for role in held.get((scope, key), ())]

    remit = {
        role: {"__entity": {"type": "Remit", "id": f"{standing.member}/{role}"}}
        for role in {*roles, *standing.roles}
    }
    parents = [{"type": "Role", "id": role} for role in sorted(standing.roles)]
    parents.append({"type": "Organisation", "id": standing.organisation})
    graph = [
        entity("Member", standing.member, parents, remit=remit),
        entity("Installation", "installation", remits(INSTALLATION, "")),
    ]
    centres = {key for _, scope, key in standing.grants if scope == CENTRE}
    centres |= {centre for centre, _ in standing.watches}
    graph += [entity("Centre", key, [*remits(CENTRE, key), INSTALLATION_ENTITY]) for key in sorted(centres)]
    watchers: dict[str, list[dict[str, str]]] = {}
    for centre, territory in sorted(standing.watches):
        watchers.setdefault(territory, []).append({"type": "Centre", "id": centre})
    for territory in sorted(in_graph(standing)):
        parents = [*remits(TERRITORY, territory), *watchers.get(territory, ()), INSTALLATION_ENTITY]
        graph.append(entity("Territory", territory, parents))
    return graph
