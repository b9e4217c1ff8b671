"""The part of the Web API that takes files: ask for an address, upload to it, share what was uploaded."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from sandbox import payloads, posting
from sandbox.api_chat import writable
from sandbox.records import File, Json, SlackError
from sandbox.workspace import Workspace


def get_upload_url(workspace: Workspace, args: Json) -> Json:
    """files.getUploadURLExternal."""
    name = str(args.get("filename") or "")
    try:
        length = int(args.get("length") or 0)
    except ValueError:
        raise SlackError("invalid_arguments") from None
    if not name or length < 1:
        raise SlackError("invalid_arguments")
    with workspace.lock:
        file = File(
            workspace.new_id("F"),
            name,
            name,
            workspace.installed().bot_user_id,
            secrets.token_urlsafe(16),
            length,
            int(workspace.now()),
        )
        workspace.files[file.id] = file
    return {"upload_url": f"{workspace.public_url}/upload/{file.id}/{file.secret}", "file_id": file.id}


def take_upload(workspace: Workspace, file_id: str, secret: str, content: bytes) -> None:
    """Take the bytes of a file at its upload address; raises SlackError file_not_found for a wrong address."""
    with workspace.lock:
        file = workspace.files.get(file_id)
        if file is None or not secrets.compare_digest(file.secret, secret) or file.completed:
            raise SlackError("file_not_found")
        file.content, file.size, file.uploaded = content, len(content), True


def complete_upload(workspace: Workspace, args: Json) -> Json:
    """files.completeUploadExternal: finish uploads and share them in a channel, if one is named."""
    wanted = posting.listed(args.get("files"), "invalid_arguments")
    if not wanted or not all(isinstance(each, dict) for each in wanted):
        raise SlackError("invalid_arguments")
    place = args.get("channel_id") or str(args.get("channels") or "").partition(",")[0]
    channel = writable(workspace, {"channel": place}) if place else None
    with workspace.lock:
        found = []
        for each in wanted:
            file = workspace.files.get(str(each.get("id")))
            if file is None or not file.uploaded or file.completed:
                raise SlackError("file_not_found")
            found.append((file, each))
        for file, each in found:
            file.completed = True
            file.title = str(each.get("title") or file.name)
            if channel is not None:
                file.channel_ids.append(channel.id)
        if channel is not None:
            said = posting.Content(str(args.get("initial_comment") or ""), None, None)
            posted = posting.post(workspace, channel, said, thread_ts=args.get("thread_ts"))
            posted.files = [file.id for file, _ in found]
            workspace.touch()
        return {"files": [payloads.file(workspace, file) for file, _ in found]}


def info(workspace: Workspace, args: Json) -> Json:
    """files.info."""
    file = workspace.files.get(str(args.get("file") or ""))
    if file is None or not file.completed:
        raise SlackError("file_not_found")
    return {"file": payloads.file(workspace, file), "comments": []}


METHODS: dict[str, tuple[str, Callable[[Workspace, Json], Json]]] = {
    "files.getUploadURLExternal": ("files:write", get_upload_url),
    "files.completeUploadExternal": ("files:write", complete_upload),
    "files.info": ("files:read", info),
}
"""Method name to (scope, what it does)."""
