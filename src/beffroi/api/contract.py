"""The OpenAPI 3.1 document of every path under /api/v1: from the operations' code, and from `bare` for those
that are mounted beside Django for the sake of speed."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_noop as _

from beffroi.api import bare
from beffroi.api.shapes import Problem

BASE = "/api/v1"
_METHODS = ("get", "put", "post", "delete", "patch")
PROBLEM = "#/components/schemas/Problem"
_WHEN = {
    "401": _("The token is missing, unknown, revoked, or its time is over."),
    "403": _("The token's scopes do not open this, or not there."),
    "404": _("It is not there, or may not be known to be there."),
    "409": _("Its state does not allow this now, or somebody was faster."),
    "412": _("It changed since it was read."),
    "422": _("The request is not what this operation takes."),
    "428": _("If-Match is needed."),
    "429": _("Too many requests: wait as long as Retry-After says."),
}
_ABOUT = (
    "The API of Beffroi, the open platform for a territory of trust and security. Programs carry a token of "
    "their own (`Authorization: Bearer …`, never in an address) with scopes, a reach and an end; devices and "
    "partners carry the token of their source. Lists hold what the token reaches and nothing else. Errors of "
    "operations are problem details (RFC 9457) with stable codes, in English or French by Accept-Language."
)


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The whole document."""
    from beffroi.api.operations import api

    made: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=f"{BASE}/"))
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(bare.SCHEMAS)
    components["securitySchemes"] = {
        "program": {
            "type": "http",
            "scheme": "bearer",
            "description": "The token of a program: `beffroi token add`.",
        },
        "source": {
            "type": "http",
            "scheme": "bearer",
            "description": "The token of a source of observations: `beffroi source add`.",
        },
        "gateway": {
            "type": "http",
            "scheme": "bearer",
            "description": "The token that the declaration of a gateway names.",
        },
    }
    paths = {address: _operations(address, item) for address, item in made["paths"].items()}
    paths.update(bare.paths())
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Beffroi",
            "version": "1",
            "description": _ABOUT,
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "servers": [{"url": "/"}],
        "paths": dict(sorted(paths.items())),
        "components": components,
    }


def _operations(address: str, item: dict[str, Any]) -> dict[str, Any]:
    return {
        method: _operation(address, method, each) if method in _METHODS else each
        for method, each in item.items()
    }


def _operation(address: str, method: str, given: dict[str, Any]) -> dict[str, Any]:
    """An operation with what the code says only by its door: its scopes, its headers, its errors."""
    each = dict(given)
    scopes, change = each.get("x-scopes", []), each.pop("x-change", "")
    each["security"] = [{"program": scopes}]
    each["responses"] = {str(code): answer for code, answer in each["responses"].items()}
    for code, words in (("200", _("Done.")), ("304", _("It is still what was read."))):
        if code in each["responses"]:
            each["responses"][code] = {**each["responses"][code], "description": words}
    codes = ["401", "403", "422", "429"]
    if "{" in address:
        codes.append("404")
    each["parameters"] = [_parameter(one) for one in each.get("parameters", ())]
    if change:
        each["parameters"] = [*each.get("parameters", []), _KEY]
        codes.append("409")
    if change == "match":
        each["parameters"] = [*each["parameters"], _MATCH]
        codes += ["412", "428"]
    if method != "get":
        each["responses"]["400"] = _answer(_("The body is not JSON, or a header is missing."))
    for code in sorted(codes):
        each["responses"][code] = _answer(_WHEN[code])
    return each


#: What parameters of several operations mean; ninja has no place for it in a signature.
_PARAMETERS = {
    "territory": _("One territory only, by its key."),
    "limit": _("Most rows of the page."),
    "cursor": _("`next` of the page before; without it, the first page."),
    "after": _("`position` of the answer before; none: where the feed is."),
    "kind": _("Only these kinds; may be given several times."),
    "state": _("Only in these states; may be given several times."),
    "phase": _("Only in these phases; may be given several times."),
    "exercise": _("Only exercises, or only what is real."),
    "incident": _("The identifier of the incident."),
    "key": _("The key of the unit within its territory."),
}


def _parameter(one: dict[str, Any]) -> dict[str, Any]:
    words = _PARAMETERS.get(one["name"])
    return {**one, "description": words} if words and "description" not in one.get("schema", {}) else one


def _answer(words: str) -> dict[str, Any]:
    return {
        "description": words,
        "content": {"application/problem+json": {"schema": {"$ref": PROBLEM}}},
    }


_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "description": _("A new one for each change; the same one when it is sent again: it is done once."),
}
_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "schema": {"type": "string"},
    "description": _("The ETag of the incident as it was read, or `*`."),
}
