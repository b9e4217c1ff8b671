"""${message}."""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this step."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """There is no way back but a backup."""
    raise RuntimeError("Rekindle does not go back to an older database: restore a backup instead.")
