"""The Web API: one call in, one answer out, with Slack's refusals; no network in here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandbox import api_chat, api_files, api_people, api_views
from sandbox.records import Installation, Json, RateLimited, SlackError
from sandbox.workspace import Workspace

Method = Callable[[Workspace, Json], Json]


@dataclass(slots=True)
class Answer:
    """What goes back over HTTP."""

    body: Json
    status: int = 200
    retry_after: int | None = None


def api_test(workspace: Workspace, args: Json) -> Json:
    """Say that the way to here is open, and give back what was sent."""
    del workspace
    if args.get("error"):
        raise SlackError(str(args["error"]), args=args)
    return {"args": args}


def auth_test(workspace: Workspace, args: Json) -> Json:
    """Tell the app who and where it is."""
    del args
    app = workspace.installed()
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.name,
        "user": workspace.people[app.bot_user_id].name,
        "team_id": workspace.team_id,
        "user_id": app.bot_user_id,
        "bot_id": app.bot_id,
        "app_id": app.app_id,
        "is_enterprise_install": False,
    }


def connections_open(workspace: Workspace, args: Json) -> Json:
    """Give out an address for one Socket Mode connection."""
    del args
    ticket = workspace.courier.new_ticket()
    return {"url": f"{workspace.public_url.replace('http', 'ws', 1)}/socket-mode?ticket={ticket}"}


METHODS: dict[str, tuple[str, Method]] = {
    "api.test": ("", api_test),
    "auth.test": ("", auth_test),
    **api_chat.METHODS,
    **api_people.METHODS,
    **api_views.METHODS,
    **api_files.METHODS,
}
"""Method name to (the scope that it needs, or an empty string; what it does)."""


def call(workspace: Workspace, method: str, args: Json, token: str | None) -> Answer:
    """Answer one call of the Web API; `args` are decoded from a form or JSON, `token` is the bearer's, if any."""
    token = token or args.get("token")
    args.pop("token", None)
    try:
        if method == "apps.connections.open":
            _check_token(workspace.installed(), token, app_level=True)
            return Answer({"ok": True, **connections_open(workspace, args)})
        if method not in METHODS:
            workspace.complain(f"The method {method} was called, which this workspace does not have: unknown_method.")
            raise SlackError("unknown_method", req_method=method)
        scope, act = METHODS[method]
        if method != "api.test":
            app = workspace.installed()
            _check_token(app, token)
            need(app, scope)
        return Answer({"ok": True, **act(workspace, args)})
    except RateLimited as too_fast:
        return Answer({"ok": False, "error": too_fast.word}, 429, too_fast.retry_after)
    except SlackError as refused:
        return Answer({"ok": False, "error": refused.word, **refused.beside})


def need(app: Installation, scope: str) -> None:
    """Raise SlackError missing_scope, with what is needed and what is there, unless the app has `scope`."""
    if scope and scope not in app.scopes:
        raise SlackError("missing_scope", needed=scope, provided=",".join(sorted(app.scopes)))


def _check_token(app: Installation, token: str | None, *, app_level: bool = False) -> None:
    if not token:
        raise SlackError("not_authed")
    right, other = (app.app_token, app.bot_token) if app_level else (app.bot_token, app.app_token)
    if token == other:
        raise SlackError("not_allowed_token_type")
    if token != right:
        raise SlackError("invalid_auth")
