"""Keeps what loyalty and stage were a month ago, from which the overview of segments tells what changed."""

import sqlalchemy as sa
from alembic import op

revision = 'ed3873696e14'
down_revision = '99ef864b05a5'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this step."""
    with op.batch_alter_table('customer_facts', schema=None) as batch_op:
        batch_op.add_column(sa.Column('loyalty_before', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('stage_before', sa.String(), nullable=True))
        batch_op.drop_index(batch_op.f('ix_customer_facts_overview'))
        batch_op.create_index('ix_customer_facts_overview', ['value', 'value_before', 'loyalty', 'loyalty_before', 'stage', 'stage_before', 'customer_id', 'own_spend_year'], unique=False)

    # Facts whose day is not known are computed anew, and only so the new columns are filled.
    op.execute("DELETE FROM remembered WHERE name IN ('facts.day', 'facts.moved')")


def downgrade() -> None:
    """There is no way back but a backup."""
    raise RuntimeError("Rekindle does not go back to an older database: restore a backup instead.")
