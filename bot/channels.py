"""The ways to reach customers that the settings ask for: e-mail, text messages, or a program of one's own."""

from __future__ import annotations

from bot.settings import Settings
from delivery.channel import Channel
from delivery.email import EmailChannel
from delivery.mime import Unsendable, named_address
from delivery.text_messages import TwilioChannel
from delivery.webhook import WebhookChannel
from words.errors import FixSetup

EMAIL, SMS = "email", "sms"
TWILIO_HOOK = "hooks/twilio"
"""Where, below PUBLIC_URL, Twilio reports what became of a text message, and what a customer answered."""


def channels(settings: Settings) -> dict[str, Channel]:
    """The channels by the kind of message that they carry; raises `FixSetup` for settings that are half filled in."""
    found: dict[str, Channel] = {}
    if settings.smtp_host:
        found[EMAIL] = _email(settings)
    if settings.twilio_account:
        found[SMS] = _text_messages(settings)
    elif settings.twilio_from or settings.twilio_token.get_secret_value():
        raise FixSetup("TWILIO_ACCOUNT is missing: set it, or empty TWILIO_TOKEN and TWILIO_FROM.")
    carried = [kind for kind in settings.webhook_carries.split(",") if kind]
    if settings.webhook_url:
        found |= dict.fromkeys(carried, _webhook(settings))
    elif carried:
        raise FixSetup("WEBHOOK_URL is missing: set it, or empty WEBHOOK_CARRIES.")
    if EMAIL in found and not settings.mail_from:
        raise FixSetup("MAIL_FROM is missing: set it to the sender of e-mails, such as Acme <care@acme.example>.")
    if settings.mail_from:
        _sender(settings.mail_from)
        if EMAIL not in found:
            raise FixSetup("MAIL_FROM is set, but not SMTP_HOST: set it, or empty MAIL_FROM.")
    return found


def _email(settings: Settings) -> Channel:
    password = settings.smtp_password.get_secret_value()
    if bool(settings.smtp_user) != bool(password):
        missing = "SMTP_PASSWORD" if settings.smtp_user else "SMTP_USER"
        raise FixSetup("{missing} is missing: signing in needs both, or neither.", missing=missing)
    return EmailChannel(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=password,
        timeout=settings.send_timeout,
    )


def _text_messages(settings: Settings) -> Channel:
    token = settings.twilio_token.get_secret_value()
    _complete("TWILIO_ACCOUNT", TWILIO_TOKEN=token, TWILIO_FROM=settings.twilio_from)
    return TwilioChannel(
        account=settings.twilio_account,
        token=token,
        sender=settings.twilio_from,
        api_url=settings.twilio_api_url,
        timeout=settings.send_timeout,
        status_url=f"{settings.public_url.rstrip('/')}/{TWILIO_HOOK}" if settings.public_url else None,
    )


def _webhook(settings: Settings) -> Channel:
    secret = settings.webhook_secret.get_secret_value()
    _complete("WEBHOOK_URL", WEBHOOK_SECRET=secret, WEBHOOK_CARRIES=settings.webhook_carries)
    return WebhookChannel(url=settings.webhook_url, secret=secret, timeout=settings.send_timeout)


def _complete(begun: str, **needed: str) -> None:
    missing = " and ".join(name for name, value in needed.items() if not value)
    if missing:
        raise FixSetup("{begun} is set, but not {missing}: set it, or empty {begun}.", begun=begun, missing=missing)


def _sender(mail_from: str) -> None:
    try:
        named_address(mail_from)
    except Unsendable:
        raise FixSetup(
            "MAIL_FROM is no address ({mail_from}): write it as Acme <care@acme.example>.", mail_from=mail_from
        ) from None
