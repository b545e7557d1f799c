"""Handing messages on once the answer is out: how long it takes must tell nobody anything."""

from collections.abc import Awaitable, Callable

import structlog

from chimera.kit.mail import Mail, Mailer, MailNotSentError

log = structlog.get_logger()


def posting(mailer: Mailer) -> Callable[[Mail], Awaitable[None]]:
    async def post(mail: Mail) -> None:
        try:
            await mailer.send(mail)
        except MailNotSentError as error:
            # Neither address nor text: it is invited again, then.
            log.warning("tenancy.mail_not_sent", code=error.code)

    return post
