"""A wrong or missing setting is one line that says what to do."""

import pytest
from pydantic import SecretStr

from bot.joining import answering, discovered
from bot.settings import Settings, load
from database.upgrade import opened
from sandbox.server import serve
from sandbox.workspace import Workspace
from words.errors import FixSetup


def _settings(tmp_path, **changes):
    return Settings.model_construct(database_url=f"sqlite:///{tmp_path / 'x.db'}", **changes)


def test_a_wrong_bot_token_is_named(tmp_path):
    workspace = Workspace()
    workspace.install({"display_information": {"name": "Rekindle"}})
    with serve(workspace) as serving:
        settings = _settings(tmp_path, slack_api_url=serving.api_url, slack_bot_token=SecretStr("xoxb-wrong"))
        with opened(settings.database_url) as database, pytest.raises(FixSetup, match="SLACK_BOT_TOKEN"):
            answering(settings, database, discovered()).__enter__()
    workspace.close()


def test_a_slack_that_cannot_be_reached_is_named(tmp_path):
    settings = _settings(tmp_path, slack_api_url="http://127.0.0.1:9/api/", slack_bot_token=SecretStr("xoxb-x"))
    with opened(settings.database_url) as database, pytest.raises(FixSetup, match="SLACK_API_URL"):
        answering(settings, database, discovered()).__enter__()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOME_CURRENCY", "XYZ"),
        ("TIME_ZONE", "Berlin"),
        ("DEFAULT_REGION", "12"),
        ("SWING_GAPS", "inf"),
        ("SLACK_SHOWS", "some"),
        ("LOYAL_DAYS", "two years"),
        ("MORNING", "12:30"),
        ("MORNING", "8:30"),
        ("QUIET_FROM", "24:00"),
        ("DAILY_CAP", "0"),
        ("PUBLIC_URL", "http://acme.example.com"),
        ("PUBLIC_URL", "ftp://acme.example.com"),
        ("LOST_GAPS", "1.5"),
        ("LOST_CHANCE", "0.3"),
        ("HIGH_SHARE", "0.9"),
        ("SEND_ONLY_TO", " , "),
        ("WEBHOOK_CARRIES", "fax"),
        ("SLACK_API_URL", "https://slack.com/api"),
        ("SMS_PRICE", "ten cents"),
    ],
)
def test_a_wrong_setting_is_named_with_its_value_in_one_line(monkeypatch, tmp_path, name, value):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, value)
    with pytest.raises(FixSetup, match=name) as refused:
        load()
    assert value in str(refused.value) or name == "HIGH_SHARE"  # LOW_SHARE does not fit beside it
    assert "must " in str(refused.value)
    assert not any(foreign in str(refused.value) for foreign in ("\n", "Input should", "pattern"))


def test_a_env_file_that_is_not_utf_8_is_named(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("TIME_ZONE=UTC", encoding="utf-16")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FixSetup, match=r"\.env"):
        load()
