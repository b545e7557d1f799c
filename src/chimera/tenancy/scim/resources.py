"""Resources as SCIM shows them, and what the service says of itself (RFC 7643). Pure."""

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from chimera.tenancy.scim.groups import KeptGroup, group_version
from chimera.tenancy.scim.messages import GROUP, USER
from chimera.tenancy.scim.users import user_version
from chimera.tenancy.tables import UserRow

Resource: TypeAlias = dict[str, Any]

MOST_LISTED: Final = 200
_LIST: Final = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
_SCHEMA: Final = "urn:ietf:params:scim:schemas:core:2.0:Schema"
_TYPE: Final = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
_CONFIG: Final = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"


def user(row: UserRow, base: str) -> Resource:
    """One user; `base` is the address of the service."""
    shown: Resource = {
        "schemas": [USER],
        "id": str(row.id),
        "userName": row.email,
        "displayName": row.name,
        "name": {"formatted": row.name},
        "emails": [{"value": row.email, "type": "work", "primary": True}],
        "active": row.disabled_at is None,
        "meta": {
            "resourceType": "User",
            "created": row.created_at.isoformat(),
            "lastModified": (row.changed_at or row.created_at).isoformat(),
            "location": f"{base}/Users/{row.id}",
            "version": user_version(row),
        },
    }
    return shown | ({"externalId": row.external_id} if row.external_id else {})


def group(kept: KeptGroup, base: str) -> Resource:
    """One group with its members; `base` is the address of the service."""
    row = kept.row
    shown: Resource = {
        "schemas": [GROUP],
        "id": str(row.id),
        "displayName": row.name,
        "members": [
            {"value": str(user_id), "display": name, "$ref": f"{base}/Users/{user_id}"}
            for user_id, name in kept.members
        ],
        "meta": {
            "resourceType": "Group",
            "created": row.created_at.isoformat(),
            "lastModified": (row.changed_at or row.created_at).isoformat(),
            "location": f"{base}/Groups/{row.id}",
            "version": group_version(kept),
        },
    }
    return shown | ({"externalId": row.external_id} if row.external_id else {})


def listed(resources: Sequence[Resource], *, total: int, start: int = 1) -> Resource:
    return {
        "schemas": [_LIST],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": len(resources),
        "Resources": list(resources),
    }


def config(base: str) -> Resource:
    return {
        "schemas": [_CONFIG],
        "patch": {"supported": True},
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": MOST_LISTED},
        "changePassword": {"supported": False},
        "sort": {"supported": False},
        "etag": {"supported": True},
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "SCIM token",
                "description": "Made with POST /api/v1/scim-tokens.",
                "primary": True,
            }
        ],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{base}/ServiceProviderConfig"},
    }


def types(base: str) -> Sequence[Resource]:
    return [
        {
            "schemas": [_TYPE],
            "id": name,
            "name": name,
            "endpoint": f"/{name}s",
            "schema": schema,
            "meta": {"resourceType": "ResourceType", "location": f"{base}/ResourceTypes/{name}"},
        }
        for name, schema in (("User", USER), ("Group", GROUP))
    ]


def schemas(base: str) -> Sequence[Resource]:
    of_users = [
        _attribute("userName", required=True, mutability="immutable", uniqueness="server"),
        _attribute("externalId"),
        _attribute("displayName"),
        _attribute("name", kind="complex") | {"subAttributes": [_attribute("formatted")]},
        _attribute("active", kind="boolean"),
    ]
    of_groups = [
        _attribute("displayName", required=True, uniqueness="server"),
        _attribute("externalId"),
        _attribute("members", kind="complex") | {"multiValued": True, "subAttributes": [_attribute("value")]},
    ]
    return [
        {
            "schemas": [_SCHEMA],
            "id": schema,
            "name": name,
            "attributes": attributes,
            "meta": {"resourceType": "Schema", "location": f"{base}/Schemas/{schema}"},
        }
        for schema, name, attributes in ((USER, "User", of_users), (GROUP, "Group", of_groups))
    ]


def _attribute(
    name: str,
    *,
    kind: str = "string",
    required: bool = False,
    mutability: str = "readWrite",
    uniqueness: str = "none",
) -> Resource:
    return {
        "name": name,
        "type": kind,
        "multiValued": False,
        "required": required,
        "caseExact": False,
        "mutability": mutability,
        "returned": "default",
        "uniqueness": uniqueness,
    }
