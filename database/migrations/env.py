"""Joins Alembic to the connection that `database.upgrade` hands over."""

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator


def plain_types(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Write our own column types as the plain types beneath them: a migration must not change when our code does."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}" if item.impl_instance.__class__.__module__.startswith("sqlalchemy") else False
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("metadata"),
    render_item=plain_types,
    render_as_batch=True,
    compare_type=False,
)
with context.begin_transaction():
    context.run_migrations()
