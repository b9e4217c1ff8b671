"""README, `.env.example` and the manifest tell the truth, because they are compared with the program."""

import dataclasses
import re
from pathlib import Path

from pydantic import SecretStr
from typer.main import get_command

from bot.__main__ import cli
from bot.joining import discovered
from bot.manifest import manifest
from bot.settings import Settings, as_env_file
from customers.rules import Rules

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_env_example_holds_every_setting_with_its_default():
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == as_env_file()


def test_the_readme_has_every_setting_with_its_default():
    for name, field in Settings.model_fields.items():
        default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
        shown = "" if default in ("", None) else f"`{default}`"
        assert f"| `{name.upper()}` | {shown} | {field.description} |" in README


def test_the_readme_has_every_slash_command():
    for command in discovered().commands.values():
        usage = f"{command.name} {command.usage}".replace("|", "\\|").strip()
        assert f"| `{usage}` | {command.purpose} |" in README


def test_the_readme_names_every_terminal_command_and_no_other():
    named = set(re.findall(r"^\| `rekindle ([a-z]+)", README, re.MULTILINE))
    assert named == set(get_command(cli).commands)


def test_the_files_that_the_readme_points_to_are_there():
    for path in re.findall(r"\]\((docs/[^)]+)\)", README):
        assert (ROOT / path).is_file(), path


def test_the_readme_leads_to_every_document():
    linked = set(re.findall(r"\]\((docs/[^)]+)\)", README.partition("## More")[2]))
    assert linked == {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")}


def test_the_manifest_keeps_slacks_limits():
    told = manifest(discovered())
    assert len(told["display_information"]["name"]) <= 35
    assert len(told["display_information"]["description"]) <= 140
    for command in told["features"]["slash_commands"]:
        assert re.fullmatch(r"/[a-z_-]{1,31}", command["command"])
        assert 0 < len(command["description"]) <= 100, command
        assert len(command.get("usage_hint", "")) <= 100
    for shortcut in told["features"]["shortcuts"]:
        assert shortcut["type"] in ("global", "message")
        assert len(shortcut["name"]) <= 24
        assert 0 < len(shortcut["description"]) <= 150


def test_the_manifest_asks_for_nothing_that_is_not_used():
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").glob("*.py"))
    used = {
        "chat:write": "chat_postMessage",
        "files:write": "files_upload_v2",
        "im:write": "conversations_open",
        "users:read": "users_info",
        "users:read.email": 'get("email")',
        "app_mentions:read": "app_mention",
        "im:history": "message",
        "commands": "command",
    }
    asked = manifest(discovered())["oauth_config"]["scopes"]["bot"]
    assert set(asked) == set(used)
    assert [scope for scope in asked if used[scope] not in source] == []


def test_a_number_of_the_rules_is_a_setting():
    assert Settings.model_construct(swing_gaps=3.0).rules == Rules(swing_gaps=3.0)
    assert {field.name for field in dataclasses.fields(Rules)} <= set(Settings.model_fields)
