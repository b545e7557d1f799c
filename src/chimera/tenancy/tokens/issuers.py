"""Other issuers whose access tokens an organisation believes: configured, and their tokens judged."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
        user = await self._user(row, tenant, claims)
        if user is None:
            return None
        async with self.database.system_reading() as tx:
            bonds = await AllUsers(tx).bonds_of(user)
        return Standing(scope=scope_of(user, held_by(user, bonds), None), expires_at=ends)

    async def _believed(self, token: str, row: TokenIssuerRow) -> Any:
        header = header_of(token)
        if header.algorithm not in row.algorithms or header.type not in _TYPES:
            raise UnbelievableError("header")
        jwks_url = row.jwks_url or (await self.issuers.metadata(row.issuer)).jwks_uri
        return verified(token, await self.issuers.key(jwks_url, header))

    async def _user(self, row: TokenIssuerRow, tenant: TenantRow, claims: Any) -> UserRow | None:
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
        if user is None and row.just_in_time and row.default_role is not None:
            async with self.database.system_transaction() as tx:
                await provision(tx, tenant, Newcomer(email=email, name=email, role=row.default_role))
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
        if terms.jwks_url is not None:
            check_issuer(terms.jwks_url)
        if terms.default_role is not None and terms.subject_claim != "email":
            raise InvalidRequestError("Users are made by their address: choose `email`.", field="default_role")
        row = TokenIssuerRow(
            id=new_id(),
            name=terms.name,
            issuer=check_issuer(terms.issuer),
            audience=terms.audience,
            jwks_url=terms.jwks_url,
            algorithms=list(terms.algorithms),
            subject_claim=terms.subject_claim,
            roles_by_group={},
            default_role=terms.default_role,
            just_in_time=terms.default_role is not None,
            enabled=True,
            created_at=self.now(),
        )
        async with self.database.transaction(scope) as tx:
            if await TokenIssuers(tx, scope).count() >= _MOST:
                raise InvalidRequestError(f"An organisation believes at most {_MOST} issuers.")
            if terms.default_role is not None:
                await check_giving(tx, scope, terms.default_role)
            await TokenIssuers(tx, scope).keep(row)
            await self._record(tx, scope, "token_issuer.created", row.id)
        return _info(row)

    async def delete(self, scope: Scope, id: UUID) -> None:
        """Believe it no more: here at once, on other replicas within seconds. Raises TokenIssuerNotFoundError."""
        require(scope, SSO_MANAGE)
        async with self.database.transaction(scope) as tx:
            if not await TokenIssuers(tx, scope).delete(id):
                raise TokenIssuerNotFoundError("The organisation believes no such issuer.")
            await self._record(tx, scope, "token_issuer.removed", id)
        self.on_revoked()

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
    )
    return IssuerInfo(id=row.id, terms=terms, enabled=row.enabled, created_at=row.created_at)
