"""Every setting of Rekindle, from the environment or a `.env` file in the current folder, with its default."""

from __future__ import annotations

from dataclasses import fields
from datetime import time, timedelta
from decimal import Decimal
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.setting_values import (
    A_FOLDER,
    AN_ADDRESS,
    CHANNELS,
    PUBLIC,
    Currency,
    Region,
    WallTime,
    Zone,
    listed,
    what_is_wrong,
)
from care.checks import MAY_WARN
from care.mornings import GRACE_UNTIL
from care.outreach_policy import Policy
from customers.preferences import Preferences
from customers.rules import Rules
from delivery.leasing import Leasing
from delivery.smtp import on_this_machine
from words.errors import FixSetup
from words.templates import EMAIL, SMS

RULES = Rules()
LEASING = Leasing()


class Settings(BaseSettings):
    """The settings by their names in the environment; only the two tokens have no default."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    slack_bot_token: SecretStr = Field(
        default=SecretStr(""), description="Bot token of your Slack app, begins with xoxb-. Needed by `rekindle run`."
    )
    slack_app_token: SecretStr = Field(
        default=SecretStr(""),
        description="App-level token for Socket Mode, begins with xapp-. Needed by `rekindle run`.",
    )
    slack_api_url: str = Field(
        default="https://slack.com/api/",
        pattern=A_FOLDER,
        description="Where Slack answers; ends with a slash.",
    )
    slack_shows: Literal["full", "masked", "ids"] = Field(
        default="full",
        description="What may leave for Slack: full; masked: no phone, e-mail, birthday, amount; ids: no name either.",
    )
    database_url: str = Field(
        default="sqlite:///rekindle.db", description="sqlite:///file.db, or postgresql://user:password@host/name."
    )
    home_currency: Currency = Field(default="USD", description="The currency of all sums (ISO 4217).")
    time_zone: Zone = Field(default="UTC", description="Time zone that decides which day today is.")
    default_region: Region = Field(
        default="US", description="Country of phone numbers without a country code (two letters)."
    )
    swing_gaps: float = Field(
        default=RULES.swing_gaps,
        gt=0,
        allow_inf_nan=False,
        description="Swing: silent for more than so many usual gaps ...",
    )
    swing_days: int = Field(default=RULES.swing_days, ge=0, description="... and for more than this many days.")
    lost_gaps: float = Field(
        default=RULES.lost_gaps,
        gt=0,
        allow_inf_nan=False,
        description="Lost: silent for more than so many usual gaps ...",
    )
    lost_days: int = Field(default=RULES.lost_days, ge=0, description="... and for more than this many days.")
    single_lost_days: int = Field(
        default=RULES.single_lost_days, gt=0, description="Lost: days after a single purchase."
    )
    horizon_days: int = Field(
        default=RULES.horizon_days,
        ge=0,
        le=730,
        description="Days for which the judgement foretells; 0: what suits the customers' own rhythm.",
    )
    swing_chance: float = Field(
        default=RULES.swing_chance,
        gt=0,
        lt=1,
        description="Swing, once enough was learnt: chance of no purchase within these days ...",
    )
    lost_chance: float = Field(default=RULES.lost_chance, gt=0, lt=1, description="... and lost: from this chance on.")
    value_days: int = Field(
        default=RULES.value_days, gt=0, description="Value is judged by the purchases of this many days."
    )
    high_share: float = Field(
        default=RULES.high_share, gt=0, lt=1, description="Share of the customers whose value is high."
    )
    low_share: float = Field(
        default=RULES.low_share, gt=0, lt=1, description="Share of the customers whose value is low."
    )
    price_only_purchases: int = Field(
        default=RULES.price_only_purchases, ge=1, description="Price-only: purchases at least."
    )
    price_only_share: float = Field(
        default=RULES.price_only_share, gt=0, le=1, description="Price-only: share of the spend that was discounted."
    )
    price_only_discount: float = Field(
        default=RULES.price_only_discount, gt=0, lt=1, description="Price-only: discount from which on it counts."
    )
    won_back_purchases: int = Field(
        default=RULES.won_back_purchases, ge=1, description="Won back: until this many purchases since the loss."
    )
    new_purchases: int = Field(default=RULES.new_purchases, ge=1, description="New: fewer purchases than this ...")
    new_days: int = Field(default=RULES.new_days, gt=0, description="... and the first one within this many days.")
    trend_days: int = Field(
        default=RULES.trend_days, gt=0, description="Growing: this many days, against as many before."
    )
    growing_ratio: float = Field(
        default=RULES.growing_ratio, gt=0, allow_inf_nan=False, description="Growing: at least this many times as much."
    )
    loyal_days: int = Field(
        default=RULES.loyal_days, gt=0, description="Loyal in the lifecycle: customer for so many days ..."
    )
    loyal_purchases: int = Field(
        default=RULES.loyal_purchases, ge=1, description="... with at least this many purchases."
    )
    lease_seconds: float = Field(
        default=LEASING.seconds,
        gt=0,
        le=3600,
        allow_inf_nan=False,
        description="Seconds for which one process holds a message that it sends; Slack must show it sooner.",
    )
    send_timeout: float = Field(
        default=LEASING.timeout,
        gt=0,
        allow_inf_nan=False,
        description="Seconds that sending one message may take; at most a quarter of LEASE_SECONDS.",
    )
    lookups: int = Field(
        default=LEASING.lookups,
        ge=1,
        description="Times that a message whose fate is unknown is looked for before a person decides.",
    )
    send_workers: int = Field(
        default=16, ge=1, le=50, description="Messages of each kind that are on their way at once."
    )
    morning: WallTime = Field(
        default="08:30", description="When a rep's day begins, in the rep's own time zone; before noon."
    )
    quiet_from: WallTime = Field(
        default="20:00", description="From when on people are left in peace, in their own time zone ..."
    )
    quiet_until: WallTime = Field(
        default="08:00", description="... and until when. The same time twice: no quiet hours."
    )
    daily_cap: int = Field(default=10, ge=1, le=1000, description="Posts that one person gets by themselves on a day.")
    decline_share: float = Field(
        default=0.5,
        gt=0,
        lt=1,
        description="Orders are falling: spend of the last half year below this share of the one before.",
    )
    complaint_days: int = Field(
        default=2,
        ge=1,
        le=60,
        description="Working days until an unanswered complaint is told to its owner; twice as many: to the manager.",
    )
    company_name: str = Field(default="", description="Your company's name, as customers read it in messages.")
    mail_from: str = Field(
        default="", description="Sender of e-mails to customers, such as Acme <care@acme.example>; empty: no e-mail."
    )
    smtp_host: str = Field(default="", description="Server that takes e-mails to customers; empty: no e-mail.")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Its port.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="starttls; tls from the first byte (port 465); none: on this machine only."
    )
    smtp_user: str = Field(default="", description="Name to sign in with there; empty: without.")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="Password for it.")
    twilio_account: str = Field(default="", description="Twilio's Account SID, for text messages; empty: none.")
    twilio_token: SecretStr = Field(default=SecretStr(""), description="Twilio's Auth Token.")
    twilio_from: str = Field(
        default="", description="Number (+49...) or Messaging Service SID (MG...) that text messages come from."
    )
    twilio_api_url: str = Field(
        default="https://api.twilio.com/",
        pattern=A_FOLDER,
        description="Where Twilio answers; ends with a slash.",
    )
    webhook_url: str = Field(
        default="",
        pattern=AN_ADDRESS,
        description="A program of yours that takes what WEBHOOK_CARRIES names, in place of SMTP or Twilio.",
    )
    webhook_secret: SecretStr = Field(
        default=SecretStr(""), description="Signs what goes there, and what comes back to /hooks/events."
    )
    webhook_carries: str = Field(default="", pattern=CHANNELS, description="email, sms, or email,sms.")
    public_url: str = Field(
        default="",
        pattern=PUBLIC,
        description="Address under which customers reach `rekindle run --web PORT`, https://...; for unsubscribing.",
    )
    unsubscribe_mailto: str = Field(
        default="", description="Address for unsubscribing by e-mail, where there is no PUBLIC_URL."
    )
    send_only_to: str = Field(
        default="",
        description="Test mode: addresses, @domains and numbers, separated by commas, that alone are written to.",
    )
    hold_minutes: float = Field(
        default=5.0,
        ge=0,
        le=1440,
        allow_inf_nan=False,
        description="Minutes in which an approved message can be undone.",
    )
    approval_hours: int = Field(
        default=24, ge=1, le=240, description="Hours after which the next manager up is asked to approve."
    )
    draft_days: int = Field(
        default=7, ge=1, le=90, description="Days after which a draft that nobody approved expires."
    )
    batch_most: int = Field(default=500, ge=2, le=10_000, description="Drafts that one batch may hold.")
    batch_alone: int = Field(
        default=20, ge=1, description="Larger batches need a second person, like customers of high value."
    )
    frequency_days: int = Field(default=14, ge=0, description="Days between two offers to a customer ...")
    frequency_most: int = Field(default=3, ge=1, description="... and messages of any kind within 30 days, at most.")
    same_text_days: int = Field(
        default=180, ge=0, description="Days in which a customer does not get the same text twice."
    )
    checks_that_warn: str = Field(
        default="overdue,same_text",
        description="Checks that only warn: complaint, overdue, same_text, frequency. The others block.",
    )
    sms_price: float = Field(
        default=0.0,
        ge=0,
        allow_inf_nan=False,
        description="What a part of a text message costs, in HOME_CURRENCY; 0: not shown.",
    )
    control_share: float = Field(
        default=0.1,
        ge=0,
        le=0.5,
        description="Share of a campaign's customers that get nothing, by lot: what did it earn?",
    )
    outcome_days: int = Field(
        default=30, ge=1, le=365, description="Orders within so many days after a message count as its outcome."
    )
    occasion_days: int = Field(
        default=5, ge=1, le=30, description="Days before a birthday or festival on which a draft is proposed."
    )
    visit_days_high: int = Field(
        default=60, ge=0, description="Days between visits to customers of high value; 0: never."
    )
    visit_days_mid: int = Field(default=120, ge=0, description="The same for mid value.")
    visit_days_low: int = Field(default=0, ge=0, description="The same for low value.")
    draft_history_days: int = Field(default=365, ge=30, description="Days for which drafts are kept after they ended.")
    access_log_days: int = Field(
        default=365, ge=30, description="Days for which it is kept who looked at which customer."
    )
    payload_days: int = Field(
        default=90, ge=7, description="Days for which the words of a message are kept after it was sent."
    )
    history_days: int = Field(
        default=730,
        ge=180,
        description="Days for which settled alerts, runs of jobs and fates of messages are kept; undo lasts as long.",
    )
    evaluation_data: str = Field(
        default="", description="Folder of the evaluation data; only tests and benchmarks that need it look there."
    )

    @field_validator("lost_gaps", "lost_days", "lost_chance")
    @classmethod
    def _not_before_swing(cls, lost: float, told: ValidationInfo) -> float:
        swing = str(told.field_name).replace("lost", "swing")
        if lost < told.data.get(swing, lost):
            raise ValueError(f"must not be less than {swing.upper()}")
        return lost

    @field_validator("low_share")
    @classmethod
    def _beside_the_high_ones(cls, share: float, told: ValidationInfo) -> float:
        if share + told.data.get("high_share", 0) > 1:
            raise ValueError("must not be more than 1 together with HIGH_SHARE")
        return share

    @field_validator("send_only_to")
    @classmethod
    def _names_somebody(cls, text: str) -> str:
        if text and not listed(text):
            raise ValueError("must name who alone is written to, or be empty: then everybody is")
        return text

    @field_validator("send_timeout")
    @classmethod
    def _much_shorter_than_the_lease(cls, seconds: float, told: ValidationInfo) -> float:
        if seconds * 4 > told.data.get("lease_seconds", LEASING.seconds):
            raise ValueError("must be at most a quarter of LEASE_SECONDS")
        return seconds

    @field_validator("public_url")
    @classmethod
    def _safe_on_the_way(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme == "http" and not on_this_machine(parts.hostname or ""):
            raise ValueError("must begin with https://, since whoever reads along could end a customer's consent")
        return url

    @property
    def leasing(self) -> Leasing:
        """The numbers by which messages are held and sent."""
        return Leasing(self.lease_seconds, self.send_timeout, self.lookups)

    @field_validator("morning")
    @classmethod
    def _before_the_grace_ends(cls, text: str) -> str:
        if time.fromisoformat(text) >= GRACE_UNTIL:
            raise ValueError("must be before noon")
        return text

    @property
    def preferences(self) -> Preferences:
        """When the day begins, when people are left in peace and how much they get, where they did not choose."""
        morning, begins, ends = (time.fromisoformat(text) for text in (self.morning, self.quiet_from, self.quiet_until))
        return Preferences(morning, begins, ends, self.daily_cap)

    @field_validator("checks_that_warn")
    @classmethod
    def _known_checks(cls, text: str) -> str:
        unknown = sorted(set(listed(text)) - set(MAY_WARN))
        if unknown:
            raise ValueError(f"must be of {', '.join(MAY_WARN)}, separated by commas; {unknown[0]} is none of them")
        return text

    @property
    def outreach(self) -> Policy:
        """How messages to customers are made, checked, approved and sent."""
        carried = set(listed(self.webhook_carries)) if self.webhook_url else set()
        channels = carried | ({EMAIL} if self.smtp_host else set()) | ({SMS} if self.twilio_account else set())
        return Policy(
            company=self.company_name,
            channels=frozenset(channels if self.mail_from else channels - {EMAIL}),
            mail_from=self.mail_from,
            public_url=self.public_url,
            unsubscribe_mailto=self.unsubscribe_mailto,
            only_to=tuple(listed(self.send_only_to)),
            region=self.default_region,
            zone=self.zone,
            quiet_from=self.preferences.quiet_from,
            quiet_until=self.preferences.quiet_until,
            hold=timedelta(minutes=self.hold_minutes),
            approval=timedelta(hours=self.approval_hours),
            draft_days=self.draft_days,
            batch_most=self.batch_most,
            batch_alone=self.batch_alone,
            frequency_days=self.frequency_days,
            frequency_most=self.frequency_most,
            same_text_days=self.same_text_days,
            warn=frozenset(listed(self.checks_that_warn)),
            price=Decimal(str(self.sms_price)) if self.sms_price else None,
            control_share=self.control_share,
            outcome_days=self.outcome_days,
        )

    @property
    def rules(self) -> Rules:
        """The numbers by which customers are judged."""
        return Rules(**{field.name: getattr(self, field.name) for field in fields(Rules)})

    @property
    def zone(self) -> ZoneInfo:
        """The tenant's time zone."""
        return ZoneInfo(self.time_zone)


def load() -> Settings:
    """Read the settings; raises `FixSetup` that names every wrong one in one line."""
    try:
        return Settings()
    except UnicodeDecodeError:
        raise FixSetup("The file .env is not written in UTF-8. Save it as UTF-8.") from None
    except ValidationError as wrong:
        faults = "; ".join(
            f"{str(fault['loc'][0]).upper()} {what_is_wrong(fault)} (it is {fault['input']!r})"
            for fault in wrong.errors()
        )
        raise FixSetup("Wrong settings: {faults}.", faults=faults) from None


def as_env_file() -> str:
    """Every setting with its meaning and its default, as the text of `.env.example`."""
    parts = ["# Every setting of Rekindle with its default. Copy this file to .env and change what you need.\n"]
    for name, field in Settings.model_fields.items():
        default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
        parts.append(f"# {field.description}\n{name.upper()}={default}\n")
    return "\n".join(parts)
