"""Keeps what is expected of each customer who has bought."""

import sqlalchemy as sa
from alembic import op

revision = '384104b4ec6d'
down_revision = 'd190d0003f53'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this step."""
    op.create_table('outlooks',
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('judged_on', sa.Date(), nullable=False),
    sa.Column('model', sa.Integer(), nullable=False),
    sa.Column('horizon', sa.Integer(), nullable=False),
    sa.Column('chance_lost', sa.Float(), nullable=False),
    sa.Column('expected_orders', sa.Float(), nullable=False),
    sa.Column('expected_spend', sa.BigInteger(), nullable=False),
    sa.Column('expected_before', sa.BigInteger(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('due_from', sa.Date(), nullable=False),
    sa.Column('due_until', sa.Date(), nullable=False),
    sa.Column('confidence', sa.String(), nullable=False),
    sa.Column('weighed', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('customer_id')
    )
    # Facts whose day is not known are computed anew, and only so there is an outlook.
    op.execute("DELETE FROM remembered WHERE name IN ('facts.day', 'facts.moved')")


def downgrade() -> None:
    """There is no way back but a backup."""
    raise RuntimeError("Rekindle does not go back to an older database: restore a backup instead.")
