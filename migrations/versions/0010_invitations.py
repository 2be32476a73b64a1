"""invitations to log on; user names in small letters, each once in the whole installation

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-28 12:30:00

"""
from alembic import op
import sqlalchemy as sa

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('ale_invitation',
    sa.Column('user', sa.String(length=32), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('expires_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('user', name=op.f('pk_ale_invitation')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_ale_invitation_token_hash'))
    )
    with op.batch_alter_table('ale_log_on_failure', schema=None) as batch_op:
        batch_op.alter_column('user_name', existing_type=sa.String(length=80), type_=sa.String(length=100), existing_nullable=False)

    with op.batch_alter_table('sys_user', schema=None) as batch_op:
        batch_op.alter_column('user_name', existing_type=sa.String(length=80), type_=sa.String(length=100), existing_nullable=False)
        batch_op.drop_constraint(batch_op.f('uq_sys_user_sys_domain_user_name'), type_='unique')
    make_small()
    with op.batch_alter_table('sys_user', schema=None) as batch_op:
        batch_op.create_unique_constraint(batch_op.f('uq_sys_user_user_name'), ['user_name'])


def make_small():
    """Of names that differ in the size of letters only the first stays; the others get the end of their id."""
    connection = op.get_bind()
    if connection.dialect.name == 'postgresql':  # behind the second wall only rows of a domain that was told are seen
        connection.execute(sa.text("SELECT set_config('ale.domain', 'TOP', true)"))
    user = sa.table('sys_user', sa.column('sys_id'), sa.column('user_name'))
    taken = set()
    for key, name in connection.execute(sa.select(user.c.sys_id, user.c.user_name).order_by(user.c.sys_id)).all():
        small = name.strip().lower()
        small = f'{small[:91]}-{key[-8:]}' if small in taken else small
        taken.add(small)
        if small != name:
            connection.execute(sa.update(user).where(user.c.sys_id == key).values(user_name=small))
    if connection.dialect.name == 'postgresql':
        connection.execute(sa.text("SELECT set_config('ale.domain', '', true)"))


def downgrade():
    with op.batch_alter_table('sys_user', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_sys_user_user_name'), type_='unique')
        batch_op.create_unique_constraint(batch_op.f('uq_sys_user_sys_domain_user_name'), ['sys_domain', 'user_name'])
        batch_op.alter_column('user_name', existing_type=sa.String(length=100), type_=sa.String(length=80), existing_nullable=False)

    with op.batch_alter_table('ale_log_on_failure', schema=None) as batch_op:
        batch_op.alter_column('user_name', existing_type=sa.String(length=100), type_=sa.String(length=80), existing_nullable=False)

    op.drop_table('ale_invitation')
