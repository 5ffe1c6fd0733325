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
    lying = granted | {territory for _, territory in standing.watches} | standing.known
    return frozenset(lying | (standing.foreign if standing.everywhere else frozenset()))


def graph_of(standing: Standing, roles: tuple[str, ...]) -> list[dict[str, object]]:
    """The member, its roles, organisation and conventions, and where each role reaches, as Cedar entities.

    A territory for which another organisation answers lies neither in a centre nor in the installation:
    only a role that crosses, or a convention, reaches it.
    """

    def remits(scope: str, key: str, *, foreign: bool = False) -> list[dict[str, str]]:
        held = standing.remits_of(scope, key, foreign=foreign)
        return [{"type": "Remit", "id": f"{standing.member}/{role}"} for role in held]

    remit = {
        role: {"__entity": {"type": "Remit", "id": f"{standing.member}/{role}"}}
        for role in {*roles, *standing.roles}
    }
    parents = [{"type": "Role", "id": role} for role in sorted(standing.roles)]
    parents.append({"type": "Organisation", "id": standing.organisation})
    parents += [{"type": "Convention", "id": each} for each in sorted(standing.conventions)]
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
        if territory in standing.foreign:
            parents = [
                *remits(TERRITORY, territory, foreign=True),
                *remits(INSTALLATION, "", foreign=True),
            ]
        else:
            parents = [*remits(TERRITORY, territory), *watchers.get(territory, ()), INSTALLATION_ENTITY]
        graph.append(entity("Territory", territory, parents))
    return graph
