"""The Cedar policies that follow from the catalogue, written so that a lawyer can read them."""

from __future__ import annotations

from beffroi.people.catalogue import GROUNDS, Catalogue, RoleDefinition

_HEAD = "// Généré depuis data/rights.toml · Generated from data/rights.toml\n\n"

_GROUND_WORDS = {
    "purpose": ("une finalité prévue par la loi", "a purpose that the law provides for"),
    "requisition": ("une réquisition en cours de validité", "a live requisition"),
    "switch": ("une autorisation légale en vigueur", "a legal switch that is on"),
    "order": ("un arrêté préfectoral qui couvre la caméra", "a prefect's order that covers the camera"),
    "second_signature": ("une seconde signature", "a second signature"),
    "accreditation": ("une habilitation nominative", "an accreditation of their own"),
}


def _padded(key: str, width: int) -> str:
    return f'Action::"{key}",'.ljust(width)


def actions_in_words(catalogue: Catalogue, keys: tuple[str, ...]) -> str:
    """A set of actions in Cedar's text, each with its words."""
    width = max(len(key) for key in keys) + len('Action::"",')
    rows = [f"    {_padded(key, width)} // {catalogue.actions[key].fr}" for key in keys]
    return "[\n" + "\n".join(rows) + "\n  ]"


def role_policy(catalogue: Catalogue, role: RoleDefinition) -> str:
    """The policy of one role: who holds it may do its actions where the role was given."""
    return (
        f"{_HEAD}// {role.fr} · {role.en}\n"
        f"// Peut faire ce qui suit, là où ce rôle lui a été confié · May do this where the role was given\n"
        f'@id("role.{role.key}")\n'
        f"permit (\n"
        f'  principal in Role::"{role.key}",\n'
        f"  action in {actions_in_words(catalogue, role.actions)},\n"
        f"  resource\n"
        f") when {{ resource in principal.remit.{role.key} }};\n"
    )


def ground_policies(catalogue: Catalogue) -> str:
    """What is forbidden to everyone unless a ground stands."""
    parts = []
    for ground in GROUNDS:
        keys = tuple(each.key for each in catalogue.actions.values() if ground in each.grounds)
        if not keys:
            continue
        fr, en = _GROUND_WORDS[ground]
        parts.append(
            f"// Personne sans {fr} · Nobody without {en}\n"
            f'@id("ground.{ground}")\n'
            f"forbid (\n  principal,\n  action in {actions_in_words(catalogue, keys)},\n  resource\n"
            f') unless {{ context.grounds.contains("{ground}") }};\n'
        )
    return _HEAD + "\n".join(parts)


def schema(catalogue: Catalogue) -> str:
    """The Cedar schema: what exists and who may ask what of what."""
    remit = "".join(f"    {key}: Remit,\n" for key in catalogue.roles)
    lines = [
        _HEAD.rstrip() + "\n",
        "// Ce qu'un rôle confie à une personne · What a role entrusts to a person",
        "entity Remit;",
        "entity Installation in [Remit];",
        "entity Centre in [Remit, Installation];",
        "entity Territory in [Remit, Centre, Installation];",
        "entity Organisation;",
        "entity Role;",
        "// Une convention en vigueur à cette heure · A convention in force at this hour",
        "entity Convention;",
        f"entity Member in [Role, Organisation, Convention] {{\n  remit: {{\n{remit}  }},\n}};",
        "",
    ]
    for action in catalogue.actions.values():
        lines.append(
            f'action "{action.key}" appliesTo {{\n'
            f"  principal: [Member],\n  resource: [Territory, Installation],\n"
            f"  context: {{ grounds: Set<String>, purpose: String }},\n}};"
        )
    return "\n".join(lines) + "\n"


def files(catalogue: Catalogue) -> dict[str, str]:
    """Every generated file by name."""
    written = {f"role-{role.key}.cedar": role_policy(catalogue, role) for role in catalogue.roles.values()}
    written["grounds.cedar"] = ground_policies(catalogue)
    written["beffroi.cedarschema"] = schema(catalogue)
    return written
