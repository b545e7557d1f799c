"""Other issuers whose access tokens an organisation believes: configured, and their tokens judged."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from chimera.kit.clock import utc_now
from chimera.kit.errors import InvalidRequestError
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.store import Database, Transaction
from chimera.store.recording import Recorder
from chimera.tenancy.errors import InvalidEmailError, TokenIssuerNotFoundError
from chimera.tenancy.identity import normalised
from chimera.tenancy.people.provisioning import Newcomer, provision
from chimera.tenancy.people.ranks import check_giving
from chimera.tenancy.permissions import SSO_MANAGE, require
from chimera.tenancy.repository import AllUsers
from chimera.tenancy.sso.claims import UnbelievableError, header_of, verified
from chimera.tenancy.sso.discovery import Issuers, check_issuer
from chimera.tenancy.standing import Standing, held_by, scope_of
from chimera.tenancy.tables import TenantRow, UserRow
from chimera.tenancy.tokens.granting import Granted, granted
from chimera.tenancy.tokens.issuer import IssuerInfo, IssuerTerms
from chimera.tenancy.tokens.repository import AllTokenIssuers, KnownSubjects, TokenIssuers
from chimera.tenancy.tokens.tables import TokenIssuerRow
from chimera.tenancy.tokens.verifying import Peeked, check_foreign

_MOST: Final = 50
_LONGEST_SUBJECT: Final = 255
# Those of RFC 9068, and of the many providers that call every token by the common name.
_TYPES: Final = {"at+jwt", "jwt", ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignJudge:
    """Judges tokens that others signed, for `TokenJudge`.

    Attributes:
        issuers: Keys of others, asked for again at most every 30 seconds, however many unknown ones come.
    """

    database: Database
    issuers: Issuers
    now: Callable[[], datetime] = utc_now

    async def __call__(self, token: bytes, said: Peeked) -> Standing | None:
        """What it is worth; `None`: nothing. Raises DatabaseUnavailableError, IdentityProviderUnusableError."""
        if said.audience is None:
            return None
        async with self.database.system_reading() as tx:
            found = await AllTokenIssuers(tx).open(said.issuer, said.audience)
        if found is None:
            return None
        row, tenant = found
        try:
            claims = await self._believed(token.decode("ascii"), row)
        except UnbelievableError:
            return None
        ends = check_foreign(claims, issuer=row.issuer, audience=row.audience, now=self.now())
        async with self.database.system_reading() as tx:
            grant = await granted(tx, row, claims)
        user = None if grant is None else await self._user(row, tenant, claims, grant)
        if grant is None or user is None:
            return None
        async with self.database.system_reading() as tx:
            scope = scope_of(user, held_by(user, await AllUsers(tx).bonds_of(user)), None)
        if grant.permissions is not None:
            scope = replace(scope, permissions=scope.permissions & grant.permissions)
        return Standing(scope=scope, expires_at=ends)

    async def _believed(self, token: str, row: TokenIssuerRow) -> Any:
        header = header_of(token)
        if header.algorithm not in row.algorithms or header.type not in _TYPES:
            raise UnbelievableError("header")
        jwks_url = row.jwks_url or (await self.issuers.metadata(row.issuer)).jwks_uri
        return verified(token, await self.issuers.key(jwks_url, header))

    async def _user(self, row: TokenIssuerRow, tenant: TenantRow, claims: Any, grant: Granted) -> UserRow | None:
        subject = claims.get(row.subject_claim)
        if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT or not subject.isprintable():
            return None
        if row.subject_claim != "email":
            async with self.database.system_reading() as tx:
                return await KnownSubjects(tx).by_identity(row, subject)
        if claims.get("email_verified") is not True:
            return None
        try:
            email = normalised(subject)
        except InvalidEmailError:
            return None
        async with self.database.system_reading() as tx:
            user = await KnownSubjects(tx).by_email(tenant.id, email)
        if user is None and row.just_in_time and grant.role is not None:
            async with self.database.system_transaction() as tx:
                await provision(tx, tenant, Newcomer(email=email, name=email, role=grant.role))
                user = await KnownSubjects(tx).by_email(tenant.id, email)
        return user


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenIssuersOf:
    """Issuers that the caller's organisation believes, for those who may manage sign-in.

    Attributes:
        own: What we call ourselves: nobody else is believed under that name.
        on_revoked: Called when one is believed no more, so that this replica forgets it at once.
    """

    database: Database
    own: str
    recorder: Recorder
    on_revoked: Callable[[], None]
    now: Callable[[], datetime] = utc_now

    async def page(self, scope: Scope, *, cursor: str | None, limit: int) -> tuple[Sequence[IssuerInfo], str | None]:
        """The newest first, and where the next page begins."""
        require(scope, SSO_MANAGE)
        async with self.database.reading(scope) as tx:
            rows = TokenIssuers(tx, scope)
            page = await rows.page(rows.mine(), by=TokenIssuerRow.created_at, cursor=cursor, limit=limit)
        return [_info(row) for row in page.rows], page.next_cursor

    async def create(self, scope: Scope, terms: IssuerTerms) -> IssuerInfo:
        """Believe its tokens from now on. Nothing is asked of it before one comes.

        Raises:
            InvalidRequestError: if it can be no issuer, is ourselves, or there are too many.
            PermissionDeniedError: if the role of newcomers may do more than the caller.
            RoleNotFoundError: if there is no such role.
            TokenIssuerExistsError: if its tokens for the audience are believed already.
        """
        require(scope, SSO_MANAGE)
        if terms.issuer == self.own:
            raise InvalidRequestError("This is what this server calls itself.", field="issuer")
        row = TokenIssuerRow(
            id=new_id(), issuer=check_issuer(terms.issuer), audience=terms.audience, created_at=self.now()
        )
        async with self.database.transaction(scope) as tx:
            if await TokenIssuers(tx, scope).count() >= _MOST:
                raise InvalidRequestError(f"An organisation believes at most {_MOST} issuers.")
            await self._keep(tx, scope, row, terms)
            await self._record(tx, scope, "token_issuer.created", row.id)
        return _info(row)

    async def change(self, scope: Scope, id: UUID, values: Mapping[str, Any]) -> IssuerInfo:
        """Change the named terms: whose issuer it is stays. Who changes it answers for all roles that it gives.

        Raises:
            TokenIssuerNotFoundError: if the organisation believes none of that id.
            InvalidRequestError: if the terms do not go together.
            PermissionDeniedError: if a role that it gives may do more than the caller.
            RoleNotFoundError: if there is no such role.
        """
        require(scope, SSO_MANAGE)
        async with self.database.transaction(scope) as tx:
            row = await TokenIssuers(tx, scope).get(id)
            if row is None:
                raise _not_found()
            await self._keep(tx, scope, row, replace(_info(row).terms, **values))
            await self._record(tx, scope, "token_issuer.changed", id)
        self.on_revoked()
        return _info(row)

    async def delete(self, scope: Scope, id: UUID) -> None:
        """Believe it no more: here at once, on other replicas within seconds. Raises TokenIssuerNotFoundError."""
        require(scope, SSO_MANAGE)
        async with self.database.transaction(scope) as tx:
            if not await TokenIssuers(tx, scope).delete(id):
                raise _not_found()
            await self._record(tx, scope, "token_issuer.removed", id)
        self.on_revoked()

    async def _keep(self, tx: Transaction, scope: Scope, row: TokenIssuerRow, terms: IssuerTerms) -> None:
        if terms.jwks_url is not None:
            check_issuer(terms.jwks_url)
        if terms.default_role is not None and terms.subject_claim != "email":
            raise InvalidRequestError("Users are made by their address: choose `email`.", field="default_role")
        for role in {*terms.roles_by_group.values(), *({terms.default_role} - {None})}:
            await check_giving(tx, scope, str(role))
        row.name, row.jwks_url, row.algorithms = terms.name, terms.jwks_url, list(terms.algorithms)
        row.subject_claim, row.enabled = terms.subject_claim, terms.enabled
        row.group_claim, row.roles_by_group = terms.group_claim, dict(terms.roles_by_group)
        row.default_role, row.just_in_time = terms.default_role, terms.default_role is not None
        await TokenIssuers(tx, scope).keep(row)

    async def _record(self, tx: Transaction, scope: Scope, name: str, id: UUID) -> None:
        await self.recorder.record(tx, scope, Act(name=name, target_kind="token_issuer", target_id=str(id)))


def _info(row: TokenIssuerRow) -> IssuerInfo:
    terms = IssuerTerms(
        name=row.name,
        issuer=row.issuer,
        audience=row.audience,
        jwks_url=row.jwks_url,
        algorithms=row.algorithms,
        subject_claim=row.subject_claim,
        default_role=row.default_role,
        group_claim=row.group_claim or "groups",
        roles_by_group=row.roles_by_group,
        enabled=row.enabled,
    )
    return IssuerInfo(id=row.id, terms=terms, created_at=row.created_at)


def _not_found() -> TokenIssuerNotFoundError:
    return TokenIssuerNotFoundError("The organisation believes no such issuer.")
