"""The settings say how customers are reached; what is filled in by half is said in one line."""

import pytest
from pydantic import SecretStr

from bot.cards.delivery_words import why
from bot.channel_words import WHAT_TO_DO
from bot.channels import channels
from bot.settings import Settings
from delivery.email import EmailChannel
from delivery.text_messages import TwilioChannel
from delivery.webhook import WebhookChannel
from words.errors import FixSetup
from words.speech import Speech

MAIL = {"smtp_host": "mail.acme.example", "mail_from": "Acme <care@acme.example>"}
TWILIO = {"twilio_account": "AC1", "twilio_token": SecretStr("t"), "twilio_from": "+15005550006"}
WEBHOOK = {"webhook_url": "https://crm.acme.example/out", "webhook_secret": SecretStr("s"), "webhook_carries": "sms"}


def built(**settings):
    return {kind: type(channel) for kind, channel in channels(Settings.model_construct(**settings)).items()}


def test_without_settings_nobody_outside_is_reached():
    assert built() == {}


def test_each_channel_is_there_when_it_is_asked_for():
    assert built(**MAIL) == {"email": EmailChannel}
    assert built(**TWILIO) == {"sms": TwilioChannel}
    assert built(**MAIL, **TWILIO) == {"email": EmailChannel, "sms": TwilioChannel}


def test_a_program_of_ones_own_takes_the_place_of_what_it_carries():
    assert built(**MAIL, **TWILIO, **WEBHOOK) == {"email": EmailChannel, "sms": WebhookChannel}
    both = built(**WEBHOOK | {"webhook_carries": "email,sms"}, mail_from="care@acme.example")
    assert both == {"email": WebhookChannel, "sms": WebhookChannel}


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"smtp_host": "mail.acme.example"}, "MAIL_FROM is missing"),
        ({"mail_from": "care@acme.example"}, "not SMTP_HOST"),
        (MAIL | {"mail_from": "Acme"}, "MAIL_FROM is no address"),
        (MAIL | {"smtp_user": "rekindle"}, "SMTP_PASSWORD is missing"),
        (MAIL | {"smtp_password": SecretStr("s")}, "SMTP_USER is missing"),
        (MAIL | {"smtp_security": "none"}, "SMTP_SECURITY=none"),
        ({"twilio_account": "AC1"}, "TWILIO_TOKEN and TWILIO_FROM"),
        ({"twilio_from": "+1"}, "TWILIO_ACCOUNT is missing"),
        ({"twilio_token": SecretStr("t")}, "TWILIO_ACCOUNT is missing"),
        (TWILIO | {"twilio_from": ""}, "not TWILIO_FROM"),
        ({"webhook_url": "https://crm.acme.example/out"}, "WEBHOOK_SECRET and WEBHOOK_CARRIES"),
        (WEBHOOK | {"webhook_url": ""}, "WEBHOOK_URL is missing"),
    ],
)
def test_settings_that_are_filled_in_by_half_are_named_in_one_line(settings, named):
    with pytest.raises(FixSetup, match=named) as refused:
        channels(Settings.model_construct(**settings))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_health_says_of_each_reason_what_to_do(language):
    say = Speech(language)
    unknown = why("a_word_of_tomorrow", say)
    reasons = [*WHAT_TO_DO, "smtp_550", "twilio_21408", "http_422", "cannot_look_up"]
    assert [reason for reason in reasons if why(reason, say).startswith(unknown[:4])] == []
    assert "550" in why("smtp_550", say)
