"""E-mail goes out over SMTP: encrypted, whole, and never twice in one header."""

import ssl
from base64 import b64encode
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr
from tests.fakes.smtp import FakeMailServer, mail_server

from chimera.adapters.mailers.smtp import Settings, SmtpMailer
from chimera.kit.clock import utc_now
from chimera.kit.mail import Mail, MailNotSentError

MAIL = Mail(to="ada@example.org", subject="Ein Gruß", text="Grüße!\n\nhttps://chat.example.com/reset#abc\n")


@pytest.fixture
def tls(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Contexts of a server on loopback, and of who believes its certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "fake")])
    now = utc_now()
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    file = tmp_path / "both.pem"
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(private + certificate.public_bytes(encoding))
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(file)
    return serving, ssl.create_default_context(cafile=str(file))


def settings(url: str) -> Settings:
    return Settings(url=SecretStr(url), sender="chimera@example.com", timeout_s=5)


async def test_a_message_goes_out_encrypted_with_its_login(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    async with mail_server(FakeMailServer(tls=tls[0])) as fake:
        url = f"smtp://me%40example.com:s3cr%2Fet@127.0.0.1:{fake.port}"
        await SmtpMailer(settings=settings(url), tls=tls[1]).send(MAIL)
    (message,) = fake.taken
    assert (message["to"], message["from"], message["subject"]) == (MAIL.to, "chimera@example.com", MAIL.subject)
    assert message.get_content().replace("\r\n", "\n") == MAIL.text
    assert message["message-id"].endswith("@example.com>")
    assert fake.logins == [b"AUTH PLAIN " + b64encode(b"\0me@example.com\0s3cr/et") + b"\r\n"]
    assert [line.split()[0].upper() for line in fake.in_the_clear] == [b"EHLO", b"STARTTLS"]


async def test_tls_from_the_start_works_as_well(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    async with mail_server(FakeMailServer(tls=tls[0]), tls_at_once=True) as fake:
        await SmtpMailer(settings=settings(f"smtps://127.0.0.1:{fake.port}"), tls=tls[1]).send(MAIL)
    assert len(fake.taken) == 1


async def test_a_server_without_encryption_gets_nothing_unless_the_operator_says_so() -> None:
    async with mail_server(FakeMailServer(offers_tls=False)) as fake:
        with pytest.raises(MailNotSentError) as refused:
            await SmtpMailer(settings=settings(f"smtp://me:secret@127.0.0.1:{fake.port}")).send(MAIL)
        assert (fake.taken, fake.logins) == ([], [])
        await SmtpMailer(settings=settings(f"smtp+plain://127.0.0.1:{fake.port}")).send(MAIL)
        assert len(fake.taken) == 1
    assert "secret" not in f"{refused.value!r} {refused.value.__cause__!r}"


async def test_a_certificate_of_nobody_we_know_is_refused(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    async with mail_server(FakeMailServer(tls=tls[0])) as fake:
        with pytest.raises(MailNotSentError):
            await SmtpMailer(settings=settings(f"smtp://me:secret@127.0.0.1:{fake.port}")).send(MAIL)
    assert (fake.taken, fake.logins) == ([], [])


@pytest.mark.parametrize("to", ["ada@example.org\r\nBcc: eve@example.org", "ada@example.org\nX: y", "a\0b@example.org"])
async def test_an_address_cannot_add_headers(to: str) -> None:
    async with mail_server(FakeMailServer()) as fake:
        mailer = SmtpMailer(settings=settings(f"smtp+plain://127.0.0.1:{fake.port}"))
        with pytest.raises(MailNotSentError):
            await mailer.send(Mail(to=to, subject="s", text="t"))
        assert not [message for message in fake.taken if "eve" in str(message)]


async def test_a_server_that_refuses_or_is_not_there_is_told_as_one_error() -> None:
    async with mail_server(FakeMailServer(refuses=True)) as fake:
        mailer = SmtpMailer(settings=settings(f"smtp+plain://127.0.0.1:{fake.port}"))
        with pytest.raises(MailNotSentError) as refused:
            await mailer.send(MAIL)
    assert MAIL.to not in refused.value.message
    with pytest.raises(MailNotSentError):
        await mailer.send(MAIL)
