"""Every setting of Rekindle, from the environment or a `.env` file in the current folder, with its default."""

from __future__ import annotations

from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global
from babel.numbers import list_currencies
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from words.errors import FixSetup


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("must be a time zone such as Europe/Berlin or Asia/Shanghai")
    return name


def _currency(code: str) -> str:
    if code.upper() not in list_currencies():
        raise ValueError("must be an ISO 4217 currency such as USD, EUR or CNY")
    return code.upper()


def _region(code: str) -> str:
    if code.upper() not in get_global("territory_zones").values() and len(code) != 2:
        raise ValueError("must be a country of two letters such as US, DE or CN")
    return code.upper()


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
        pattern="^https?://.+/$",
        description="Where Slack answers; ends with a slash.",
    )
    slack_shows: Literal["full", "masked", "ids"] = Field(
        default="full",
        description="What may leave for Slack: full; masked: no phone, e-mail, birthday, amount; ids: no name either.",
    )
    database_url: str = Field(
        default="sqlite:///rekindle.db", description="sqlite:///file.db, or postgresql://user:password@host/name."
    )
    home_currency: Annotated[str, AfterValidator(_currency)] = Field(
        default="USD", description="The currency of all sums (ISO 4217)."
    )
    time_zone: Annotated[str, AfterValidator(_zone)] = Field(
        default="UTC", description="Time zone that decides which day today is."
    )
    default_region: Annotated[str, AfterValidator(_region)] = Field(
        default="US", description="Country of phone numbers without a country code (two letters)."
    )
    evaluation_data: str = Field(
        default="", description="Folder of the evaluation data; only tests and benchmarks that need it look there."
    )

    @property
    def zone(self) -> ZoneInfo:
        """The tenant's time zone."""
        return ZoneInfo(self.time_zone)


def load() -> Settings:
    """Read the settings; raises `FixSetup` that names every wrong one in one line."""
    try:
        return Settings()
    except ValidationError as wrong:
        faults = "; ".join(
            f"{str(fault['loc'][0]).upper()} {fault['msg'].removeprefix('Value error, ')} (it is {fault['input']!r})"
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
