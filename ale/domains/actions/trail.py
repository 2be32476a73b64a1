"""What people did with recommendations: the log, and the consumers they registered."""

from typing import Any

from sqlalchemy.orm import Mapped

from ale.domains.accounts.records import of_own_account
from ale.domains.actions import rules
from ale.domains.actions.records import WORKERS
from ale.foundation.actor import Actor
from ale.foundation.choice import Choice
from ale.foundation.db import Separated
from ale.foundation.documents import domain_beside
from ale.foundation.field import Values, field, reference
from ale.foundation.label import Label
from ale.foundation.record import Access, Record, Section, Sheet


class Outcome(Choice):
    SHOWN = "shown", "Shown", "Affichée"
    APPLIED = "applied", "Applied", "Appliquée"
    DISMISSED = "dismissed", "Dismissed", "Ignorée"
    ENDED = "ended", "Troubleshooting ended", "Dépannage terminé"


def _beside_its_record(values: Values, by: Actor) -> str:
    return domain_beside(values.get("record_table"), values.get("record"), by.domain)


class ActionLog(Separated, Record):
    """What was shown, answered, applied or dismissed; written once and never changed."""

    __tablename__ = "sn_nb_action_log"

    recommendation: Mapped[str | None] = reference("Recommendation", "Recommandation", to="sn_nb_action_recommendation")
    record_table: Mapped[str | None] = field("Table", "Table", max_length=80, format="table_name")
    record: Mapped[str | None] = field("Record", "Enregistrement", max_length=32, format="document_id", index=True)
    user: Mapped[str | None] = reference("User", "Utilisateur", to="sys_user", constrained=False)
    outcome: Mapped[Outcome] = field("Outcome", "Résultat", default=Outcome.SHOWN)
    answers: Mapped[dict[str, Any] | None] = field("Answers", "Réponses")
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Recommended action log", "Journal des actions recommandées"),
        plural=Label("Recommended action log", "Journal des actions recommandées"), display="recommendation",
        columns=("sys_created_on", "recommendation", "record_table", "user", "outcome"), order="sys_created_on",
        filters=("recommendation", "outcome", "user"), search=("record_table", "record"),
        form=(Section.of("Entry", "Entrée", "recommendation", "record_table", "record", "user", "outcome", "answers",
                         "active"),),
        access=Access(read=WORKERS, report_view=("admin",), create=WORKERS, delete=("admin",)),
        domain_of=_beside_its_record, icon="history",
        audited=False,
    )  # fmt: skip


CUSTOMER_MANAGER = ("sn_customerservice.customer_manager",)


class RegistrationState(Choice):
    INITIATED = "initiated", "Initiated", "Initiée"
    PENDING_CONSUMER = "pending_consumer", "Pending consumer", "En attente du consommateur"
    REGISTERED = "registered", "Registered", "Enregistrée"
    FAILED = "failed", "Failed", "Échec"


class Registration(Separated, Record):
    """The registration of a customer's instance with the provider."""

    __tablename__ = "sn_sx_consumer_registration"

    number: Mapped[str] = field("Number", "Numéro", max_length=40, read_only=True, customer=True)
    account: Mapped[str] = reference(
        "Account name (consumer)", "Compte (consommateur)", to="customer_account", customer=True
    )
    contact: Mapped[str] = reference("Customer contact", "Contact client", to="customer_contact", within="account")
    instance_url: Mapped[str] = field(
        "Consumer instance URL",
        "URL de l’instance du consommateur",
        max_length=255,
        format="url",
        unreadable=rules.NO_ADDRESS,
        customer=True,
        customer_gives=("write",),
    )
    task: Mapped[str | None] = reference("Task", "Tâche", to="sn_ti_core_task", within="account")
    state: Mapped[RegistrationState] = field("State", "État", default=RegistrationState.INITIATED, customer=True)
    message: Mapped[str | None] = field("Message", "Message", long=True)
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Service Exchange consumer registration", "Enregistrement de consommateur Service Exchange"),
        plural=Label("Service Exchange consumer registrations", "Enregistrements de consommateurs Service Exchange"),
        display="number", prefix="SXREG", columns=("number", "account", "contact", "instance_url", "state"),
        order="number", filters=("state", "account"), search=("number", "instance_url"),
        form=(
            Section.of("Registration", "Enregistrement", "number", "account", "contact", "instance_url", "task"),
            Section.of("Progress", "Avancement", "state", "message", "active"),
        ),
        check=(rules.the_address_is_secure,), domain_of="account",
        access=Access(
            read=("sn_acct_lc.agent",), create=("sn_acct_lc.agent",),
            write=("sn_acct_lc.agent",), delete=("admin",), customer_read=CUSTOMER_MANAGER,
            customer_write=CUSTOMER_MANAGER, rows=of_own_account("account"),
        ),
        icon="globe",
    )  # fmt: skip
