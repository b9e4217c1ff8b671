"""Keeps who the reps are in Slack, when their mornings come, and which customers they were alerted of."""

import sqlalchemy as sa
from alembic import op

revision = '230d1fea169c'
down_revision = '384104b4ec6d'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this step."""
    op.create_table('alert_messages',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('rep_id', sa.Integer(), nullable=False),
    sa.Column('local_date', sa.Date(), nullable=False),
    sa.Column('outbox_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['rep_id'], ['reps.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('alert_messages', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_alert_messages_outbox_id'), ['outbox_id'], unique=False)

    op.create_table('held_back',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('rep_id', sa.Integer(), nullable=False),
    sa.Column('local_date', sa.Date(), nullable=False),
    sa.Column('job', sa.String(), nullable=False),
    sa.Column('line', sa.String(), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['rep_id'], ['reps.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('held_back', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_held_back_rep_id'), ['rep_id'], unique=False)

    op.create_table('mornings',
    sa.Column('rep_id', sa.Integer(), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('zone', sa.String(), nullable=False),
    sa.Column('country', sa.String(), nullable=False),
    sa.Column('wall', sa.Time(), nullable=False),
    sa.Column('planned', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['rep_id'], ['reps.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('rep_id')
    )
    with op.batch_alter_table('mornings', schema=None) as batch_op:
        batch_op.create_index('ix_mornings_next', ['next_at'], unique=False)

    op.create_table('slack_users',
    sa.Column('rep_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.String(), nullable=True),
    sa.Column('time_zone', sa.String(), nullable=True),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('trouble', sa.String(), nullable=True),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['rep_id'], ['reps.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('rep_id')
    )
    with op.batch_alter_table('slack_users', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_slack_users_user_id'), ['user_id'], unique=False)

    op.create_table('alerts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('began', sa.Date(), nullable=False),
    sa.Column('found_on', sa.Date(), nullable=False),
    sa.Column('rule', sa.String(), nullable=False),
    sa.Column('stated', sa.Float(), nullable=True),
    sa.Column('loyalty', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('cause', sa.String(), nullable=True),
    sa.Column('words', sa.String(), nullable=True),
    sa.Column('snoozed_until', sa.Date(), nullable=True),
    sa.Column('message_id', sa.Integer(), nullable=True),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_by', sa.Integer(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['message_id'], ['alert_messages.id'], ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['settled_by'], ['reps.id'], ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('customer_id', 'began')
    )
    with op.batch_alter_table('alerts', schema=None) as batch_op:
        batch_op.create_index('ix_alerts_message', ['message_id'], unique=False)
        batch_op.create_index('ix_alerts_state', ['state', 'customer_id'], unique=False)

    op.create_table('alert_votes',
    sa.Column('alert_id', sa.Integer(), nullable=False),
    sa.Column('rep_id', sa.Integer(), nullable=False),
    sa.Column('useful', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['alert_id'], ['alerts.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['rep_id'], ['reps.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('alert_id', 'rep_id')
    )


def downgrade() -> None:
    """There is no way back but a backup."""
    raise RuntimeError("Rekindle does not go back to an older database: restore a backup instead.")
