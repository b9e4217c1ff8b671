"""What keeps the page safe from what it shows, and from other sites in the same browser."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' https: data:; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Whatever text reaches the page, the browser runs no script but the page's own."""
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
"""A customer's e-mail is shown in a frame in which nothing runs."""


def from_here(request: Request) -> bool:
    """Tell whether the page itself asks: other sites in the same browser may not act in the workspace."""
    origin: Any = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
