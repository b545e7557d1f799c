"""How people sign in, put together: what organisations demand of it, and who takes e-mail."""

from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from chimera.adapters.mailers.console import ConsoleMailer
from chimera.bootstrap.settings import Settings
from chimera.kit.loading import load
from chimera.kit.mail import Mailer
from chimera.kit.scope import Scope
from chimera.policies.service import Policies
from chimera.tenancy.sessions.rules import Rules, SignInRules

_NOBODY = UUID(int=0)


def open_mailer(settings: Settings) -> Mailer:
    """Whoever takes e-mail; the terminal where nobody was configured."""
    if settings.smtp_url is None:
        return ConsoleMailer()
    smtp = load("mailers", "smtp")
    host = urlsplit(settings.public_url or "").hostname or "localhost"
    sender = settings.mail_from or f"chimera@{host}"
    mailer: Mailer = smtp.SmtpMailer(settings=smtp.Settings(url=settings.smtp_url, sender=sender))
    return mailer


def sign_in_rules(policies: Policies) -> Rules:
    """What the policy of an organisation says of signing in."""

    async def rules(tenant_id: UUID) -> SignInRules:
        # Nobody is signed in yet: the policy is read for the organisation, on nobody's behalf.
        policy = (await policies.of(Scope(tenant_id=tenant_id, actor_id=_NOBODY, permissions=frozenset()))).sign_in
        return SignInRules(
            second_factor=policy.second_factor,
            provider_only=policy.provider_only,
            shortest_password=policy.shortest_password,
            idle=timedelta(minutes=policy.idle_minutes),
            longest=timedelta(hours=policy.longest_hours),
        )

    return rules
