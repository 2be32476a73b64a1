"""Who works on an onboarding: the customer's people, the provider's account team, the squad."""

from collections.abc import Sequence

from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped

from ale.domains.onboarding import rules
from ale.domains.people.records import STAFF, Responsibility
from ale.foundation.db import Separated, session
from ale.foundation.field import Values, field, reference
from ale.foundation.label import Label
from ale.foundation.record import Access, Record, Section, Sheet

_AGENT = ("sn_acct_lc.agent",)
_KEPT_BY_AGENT = Access(read=STAFF, report_view=_AGENT, create=_AGENT, write=_AGENT, delete=_AGENT)


def _eligible(rows: Sequence[Values]) -> Sequence[Values]:
    wanted = {row["responsibility"] for row in rows if row.get("responsibility")}
    found = select(Responsibility.sys_id, Responsibility.eligible_users).where(Responsibility.sys_id.in_(wanted))
    holders = dict(session.execute(found).all())
    return [{"eligible": holders.get(row.get("responsibility") or "", [])} for row in rows]


class CustomerTeamMember(Separated, Record):
    """A contact on the customer team of a case, with a responsibility once the next activity gives one."""

    __tablename__ = "sn_acct_lc_customer_team_member"

    onboarding_case: Mapped[str] = reference("Onboarding case", "Dossier d’intégration", to="sn_acct_lc_onb_case")
    contact: Mapped[str] = reference("Contact", "Contact", to="customer_contact")
    responsibility: Mapped[str | None] = reference(
        "Responsibility", "Responsabilité", to="sn_customerservice_responsibility_def"
    )
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Customer team member", "Membre de l’équipe client"),
        plural=Label("Customer team members", "Membres de l’équipe client"), display="contact",
        columns=("onboarding_case", "contact", "responsibility"), filters=("onboarding_case", "responsibility"),
        form=(Section.of("Member", "Membre", "onboarding_case", "contact", "responsibility"),),
        access=_KEPT_BY_AGENT, unique=(("onboarding_case", "contact", "responsibility"),),
        domain_of="onboarding_case", icon="users",
    )  # fmt: skip


def _once(name: str, record_type: type[Record], empty: str, *names: str) -> Index:
    """Unique also where `empty` is empty: databases take two empty values for different ones."""
    where = getattr(record_type, empty).is_(None)
    columns = [getattr(record_type, one) for one in ("sys_domain", *names)]
    return Index(name, *columns, unique=True, postgresql_where=where, sqlite_where=where)


_once("uq_customer_team_member_waiting", CustomerTeamMember, "responsibility", "onboarding_case", "contact")


class AccountTeamMember(Separated, Record):
    """A user of the provider with a responsibility for an account, or for one case of it."""

    __tablename__ = "sn_customerservice_team_member"

    account: Mapped[str] = reference("Account", "Compte", to="customer_account")
    onboarding_case: Mapped[str | None] = reference(
        "Onboarding case", "Dossier d’intégration", to="sn_acct_lc_onb_case"
    )
    user: Mapped[str] = reference("User", "Utilisateur", to="sys_user")
    responsibility: Mapped[str] = reference(
        "Responsibility", "Responsabilité", to="sn_customerservice_responsibility_def"
    )
    is_deleted: Mapped[bool] = field("Deleted at source", "Supprimé à la source", default=False)
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Account team member", "Membre de l’équipe de compte"),
        plural=Label("Account team members", "Membres de l’équipe de compte"), display="user",
        columns=("account", "onboarding_case", "user", "responsibility"), filters=("account", "user", "responsibility"),
        form=(Section.of("Member", "Membre", "account", "onboarding_case", "user", "responsibility"),),
        needs=_eligible, check=(rules.user_holds_responsibility,), access=_KEPT_BY_AGENT,
        unique=(("account", "onboarding_case", "user", "responsibility"),),
        domain_of="account", icon="users",
    )  # fmt: skip


_once("uq_account_team_member_at_large", AccountTeamMember, "onboarding_case", "account", "user", "responsibility")


def _same_squad_members(rows: Sequence[Values]) -> Sequence[Values]:
    """Who has the user and the responsibility of each row already."""
    pairs = (SquadMember.user, SquadMember.responsibility)
    users = {row["user"] for row in rows}
    found = session.execute(select(*pairs, SquadMember.sys_id).where(SquadMember.user.in_(users)))
    holders = {(user, duty): key for user, duty, key in found}
    return [{"holder": holders.get((row["user"], row["responsibility"]))} for row in rows]


class SquadMember(Separated, Record):
    """A user who can be put on the squad of a case or an engagement."""

    __tablename__ = "sn_acct_lc_squad_member"

    user: Mapped[str] = reference("User", "Utilisateur", to="sys_user")
    responsibility: Mapped[str] = reference(
        "Responsibility", "Responsabilité", to="sn_customerservice_responsibility_def"
    )
    account: Mapped[str | None] = reference("Account", "Compte", to="customer_account")
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Squad member", "Membre de l’équipe dédiée"),
        plural=Label("Squad members", "Membres de l’équipe dédiée"), display="user",
        columns=("user", "responsibility", "account"), filters=("responsibility", "account"),
        form=(Section.of("Member", "Membre", "user", "responsibility", "account"),),
        access=Access(
            read=("sn_acct_lc.squad_member_read",), create=("sn_acct_lc.squad_member_write",),
            write=("sn_acct_lc.squad_member_write",), delete=("sn_acct_lc.squad_member_delete",),
        ),
        needs=_same_squad_members, check=(rules.squad_member_is_new,), duplicate=rules.DUPLICATE_SQUAD_MEMBER,
        domain_of=("account", "user"), icon="users",
    )  # fmt: skip


Index("uq_squad_member", SquadMember.user, SquadMember.responsibility, unique=True)  # whatever the domain
