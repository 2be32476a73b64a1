"""The engagement, the umbrella over everything done for one account, and the contracts it covers."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped

from ale.domains.accounts.records import Account, of_accounts_below
from ale.domains.estate.records import Contract, ContractState
from ale.domains.success import rules
from ale.domains.success.choices import EngagementStage, EngagementState, PerceivedHealth
from ale.domains.success.items import CLOSED, CLOSURE, CUSTOMER, INFORMED, SIGNALS, ending, granted
from ale.foundation.db import Separated, session
from ale.foundation.field import Values, field, reference
from ale.foundation.kin import ancestors, children, held, together
from ale.foundation.label import Label
from ale.foundation.problem import Problem, sentence
from ale.foundation.record import Calculated, Record, Section, Sheet, alone
from ale.foundation.statements import among
from ale.foundation.work import Closable

CHILDREN = (
    "sn_acct_lc_success_objective.engagement",
    "sn_acct_lc_success_case.engagement",
    "sn_acct_lc_internal_play.engagement",
    "sn_acct_lc_risk_signal_issue.engagement",
    SIGNALS,
)
"""Whatever keeps an engagement with its account (CSB-05)."""


def _go_live_of_case(values: Values, before: Values | None) -> Values:
    """CSB-07: the day of go-live is that of the onboarding case chosen now, when that has one."""
    same = before is not None and all(values[name] == before[name] for name in ("account", "initial_onboarding"))
    case = None if same else held("sn_acct_lc_onb_case", values.get("initial_onboarding"), "go_live_date")
    return {"initial_go_live": case["go_live_date"]} if case and case["go_live_date"] else {}


def _contract_accounts(rows: Sequence[Values]) -> Sequence[Values]:
    """The accounts of the contracts that each engagement covers."""
    link = EngagementContract
    found = session.execute(
        select(link.engagement, Contract.account)
        .join(Contract, Contract.sys_id == link.contract)
        .where(among(link.engagement, [row["sys_id"] for row in rows]))
    ).all()
    return [{"contract_accounts": [account for key, account in found if key == row["sys_id"]]} for row in rows]


def contract_values(engagements: Sequence[str], day: date) -> dict[str, Decimal]:
    """The value of the contracts of each engagement that are neither expired nor canceled, where there is one."""
    link = EngagementContract
    found = (
        select(link.engagement, func.sum(Contract.value))
        .join(Contract, Contract.sys_id == link.contract)
        .where(among(link.engagement, engagements), *running(day))
        .group_by(link.engagement)
    )
    return {key: total for key, total in session.execute(found) if total}


def _contract_values(rows: Sequence[Values], day: date) -> list[Decimal]:
    known = contract_values([row["sys_id"] for row in rows], day)
    return [known.get(row["sys_id"], Decimal(0)) for row in rows]


def running(day: date) -> tuple[Any, ...]:
    """SQL: contracts that are not expired on this day and not canceled."""
    return (
        Contract.state.not_in((ContractState.EXPIRED, ContractState.CANCELED)),
        func.coalesce(Contract.ends, day) >= day,
    )


def _health_scores(rows: Sequence[Values], day: date) -> list[int | None]:
    """The health scores of the accounts."""
    found = select(Account.sys_id, Account.health_score).where(among(Account.sys_id, [row["account"] for row in rows]))
    known = dict(session.execute(found).all())
    return [known.get(row["account"]) for row in rows]


class Engagement(Closable):
    """The success journey of one account: past and present, inside and outside."""

    __tablename__ = "sn_acct_lc_engagement"

    assigned_to = None  # an engagement has managers instead

    account: Mapped[str] = reference("Account", "Compte", to="customer_account", customer=True)
    title: Mapped[str] = field("Title", "Titre", max_length=160, customer=True)
    account_manager: Mapped[str | None] = reference("Account manager", "Chargé de compte", to="sys_user", customer=True)
    customer_success_manager: Mapped[str | None] = reference(
        "Customer success manager", "Responsable de la réussite client", to="sys_user", customer=True
    )
    key_customer_contact: Mapped[str | None] = reference(
        "Key customer contact", "Contact client clé", to="customer_contact", within="account", customer=True
    )
    squad: Mapped[list[str]] = reference("Squad", "Équipe dédiée", to="sn_acct_lc_squad_member", many=True)
    state: Mapped[EngagementState] = field("State", "État", default=EngagementState.NEW, customer=True)
    stage: Mapped[EngagementStage] = field("Stage", "Étape", default=EngagementStage.INITIAL_ONBOARDING, customer=True)
    perceived_health: Mapped[PerceivedHealth] = field(
        "Perceived health", "Santé perçue", default=PerceivedHealth.UNKNOWN
    )
    initial_onboarding: Mapped[str] = reference(
        "Initial onboarding", "Intégration initiale", to="sn_acct_lc_onb_case", within="account",
        other_account=("ONBOARDING_ACCOUNT_MISMATCH",
                       sentence("The onboarding case belongs to another account than the engagement.")),
    )  # fmt: skip
    initial_go_live: Mapped[date | None] = field("Initial go-live", "Mise en service initiale")
    renewal_date: Mapped[date | None] = field("Renewal date", "Date de renouvellement")
    parent: Mapped[str | None] = reference("Parent engagement", "Engagement parent", to="sn_acct_lc_engagement")

    __sheet__ = Sheet(
        label=Label("Engagement", "Engagement"), plural=Label("Engagements", "Engagements"), display="title",
        prefix="ENGMT", order="number", search=("number", "title"),
        columns=("number", "title", "account", "state", "stage", "perceived_health", "renewal_date",
                 "customer_success_manager"),
        filters=("state", "stage", "perceived_health", "account", "customer_success_manager"),
        form=(
            Section.of("Engagement", "Engagement", "number", "title", "account", "initial_onboarding", "state",
                       "stage", "perceived_health", "health_score"),
            Section.of("People", "Personnes", "account_manager", "customer_success_manager", "key_customer_contact",
                       "squad"),
            Section.of("Dates and value", "Dates et valeur", "initial_go_live", "renewal_date", "contract_value"),
            Section.of("Details", "Détails", "description", "parent"), INFORMED, CLOSED,
        ),
        flow=ending(Label("engagement", "l’engagement")),
        derive=(*CLOSURE, _go_live_of_case),
        required=sentence("{label} is required to save the engagement."),
        check=(
            rules.closure_is_told(
                sentence("Fill in the closure code and the close notes before you close or cancel this engagement.")),
            rules.stays_with_children(
                "account",
                sentence("The account cannot be changed: this engagement already has linked records (success "
                         "objectives, success cases, internal plays, risk signals)."), "ACCOUNT_LOCKED"),
            rules.parent_makes_no_circle(
                sentence("An engagement cannot be its own parent, directly or through other engagements.")),
            rules.contracts_are_of_the_account,
        ),
        needs=together(children("sn_acct_lc_engagement", "account", *CHILDREN), ancestors("sn_acct_lc_engagement"),
                       _contract_accounts),
        calculated=(
            Calculated("contract_value", Label("Contract value", "Valeur du contrat"), alone(_contract_values),
                       is_amount=True, for_many=_contract_values),
            Calculated("health_score", Label("Health score", "Score de santé"), alone(_health_scores),
                       is_amount=True, for_many=_health_scores),
        ),
        access=granted("engagement", customer_read=CUSTOMER, rows=of_accounts_below),
        domain_of="account", journals=("work_notes",), icon="heart-pulse",
    )  # fmt: skip


def _accounts(rows: Sequence[Values]) -> Sequence[Values]:
    """The accounts of engagement and contract, which stay what they are until the transaction ends."""
    sides = (("sn_acct_lc_engagement", "engagement"), ("ast_contract", "contract"))
    found = [[held(table, row.get(name), "account") for table, name in sides] for row in rows]
    return [{"accounts": [one["account"] for one in pair if one]} for pair in found]


class EngagementContract(Separated, Record):
    """A contract that an engagement covers."""

    __tablename__ = "sn_acct_lc_engagement_contract_relationship"

    engagement: Mapped[str] = reference("Engagement", "Engagement", to="sn_acct_lc_engagement")
    contract: Mapped[str] = reference("Contract", "Contrat", to="ast_contract")

    __sheet__ = Sheet(
        label=Label("Engagement to contract relationship", "Relation engagement - contrat"),
        plural=Label("Engagement to contract relationships", "Relations engagement - contrat"), display="contract",
        columns=("engagement", "contract"), filters=("engagement", "contract"),
        form=(Section.of("Link", "Lien", "engagement", "contract"),),
        needs=_accounts, check=(rules.contract_is_of_the_account,), unique=(("engagement", "contract"),),
        duplicate=Problem("DUPLICATE_ENGAGEMENT_CONTRACT", "This contract is already linked to this engagement.",
                          "contract"),
        access=granted("engagement_contract"), domain_of="engagement", icon="file-spreadsheet",
    )  # fmt: skip


def open_condition(record_type: Any) -> Any:
    """SQL: the record is neither closed nor canceled."""
    return record_type.state.not_in(rules.OVER)
