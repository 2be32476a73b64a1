"""What is done for an engagement: success cases, touchpoints, the tasks and meetings of both."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, literal
from sqlalchemy.orm import Mapped

from ale.domains.accounts.records import is_own, of_accounts_below
from ale.domains.success import rules
from ale.domains.success.choices import (
    CaseCategory,
    Channel,
    MeetingState,
    MeetingType,
    State,
    TaskCategory,
    TouchpointCategory,
)
from ale.domains.success.items import (
    CLOSED,
    CLOSURE,
    CUSTOMER,
    INFORMED,
    JOURNALS,
    SIGNALS,
    CaseItem,
    ending,
    granted,
)
from ale.domains.success.measures import AGENT, VIEWER
from ale.foundation.actor import Actor
from ale.foundation.db import Separated
from ale.foundation.field import document, field, reference
from ale.foundation.kin import children, follows, follows_document
from ale.foundation.label import Label
from ale.foundation.problem import sentence
from ale.foundation.record import Access, Record, Section, Sheet
from ale.foundation.work import ClosureCode, days_until

TASK_PARENTS = ("sn_acct_lc_success_case", "sn_acct_lc_success_initiative", "sn_acct_lc_touchpoint")
MEETING_PARENTS = ("sn_acct_lc_success_case", "sn_acct_lc_touchpoint")


class SuccessCase(CaseItem):
    """An unplanned action of the provider that supports an engagement."""

    __tablename__ = "sn_acct_lc_success_case"

    engagement: Mapped[str] = reference("Engagement", "Engagement", to="sn_acct_lc_engagement", customer=True)
    short_description: Mapped[str] = field("Short description", "Description brève", max_length=160, customer=True)
    description: Mapped[str] = field("Description", "Description", long=True, customer=True)
    category: Mapped[CaseCategory] = field("Category", "Catégorie", default=CaseCategory.GUIDANCE, customer=True)
    state: Mapped[State] = field("State", "État", default=State.NEW, customer=True)
    product: Mapped[str | None] = reference(
        "Product", "Produit", to="sn_install_base_sold_product", within="account", customer=True
    )
    service_definition: Mapped[str | None] = reference(
        "Service definition", "Définition de service", to="sn_csm_service_definition"
    )

    __sheet__ = Sheet(
        label=Label("Success case", "Dossier de réussite"), plural=Label("Success cases", "Dossiers de réussite"),
        display="short_description", prefix="SCASE", order="number", search=("number", "short_description"),
        columns=("number", "short_description", "engagement", "account", "state", "progress", "category",
                 "assigned_to"),
        filters=("state", "progress", "category", "account", "engagement", "assigned_to"),
        form=(
            Section.of("Success case", "Dossier de réussite", "number", "short_description", "engagement", "account",
                       "contact", "category", "product", "service_definition", "assigned_to"),
            Section.of("Progress", "Avancement", "state", "progress", "priority", "due_date", "days_remaining"),
            Section.of("Details", "Détails", "description", "squad"), INFORMED, CLOSED,
        ),
        flow=ending(Label("success case", "le dossier")),
        derive=(follows("engagement", "sn_acct_lc_engagement", "account"), *CLOSURE, rules.progress_follows_closure),
        required=sentence("{label} is required to save the success case."),
        check=(
            rules.closure_is_told(
                sentence("Fill in the closure code and the close notes before you close or cancel this success "
                         "case.")),
            rules.stays_with_children(
                "engagement",
                sentence("The engagement cannot be changed: this success case already has linked records (success "
                         "tasks, risk signals).")),
        ),
        needs=children("sn_acct_lc_success_case", "engagement", "sn_acct_lc_success_task.parent", SIGNALS),
        calculated=(days_until("due_date", "Days remaining", "Jours restants", customer=True),),
        access=granted("success_case", customer_read=CUSTOMER, customer_write=CUSTOMER,
                       rows=of_accounts_below),
        domain_of="account", journals=JOURNALS, icon="briefcase",
    )  # fmt: skip


class Touchpoint(CaseItem):
    """A conversation with the customer: call, status meeting, review, request."""

    __tablename__ = "sn_acct_lc_touchpoint"

    engagement: Mapped[str] = reference(
        "Engagement", "Engagement", to="sn_acct_lc_engagement", customer=True, customer_gives=("create",),
        other_account=rules.NOT_YOURS,
    )  # fmt: skip
    subject: Mapped[str] = field("Subject", "Objet", max_length=160, customer=True, customer_gives=("create",))
    description: Mapped[str] = field("Description", "Description", long=True, customer=True, customer_gives=("create",))
    channel: Mapped[Channel] = field("Channel", "Canal", default=Channel.WEB, customer=True)
    category: Mapped[TouchpointCategory] = field(
        "Category", "Catégorie", default=TouchpointCategory.GENERAL_CONVERSATION, customer=True,
        customer_gives=("create",),
    )  # fmt: skip
    state: Mapped[State] = field("State", "État", default=State.NEW, customer=True)
    related_to_product: Mapped[bool] = field(
        "Related to a product", "Lié à un produit", default=False, customer=True, customer_gives=("create",)
    )
    product: Mapped[str | None] = reference(
        "Product", "Produit", to="sn_install_base_sold_product", within="account", customer=True,
        customer_gives=("create",), visible_when=lambda row: bool(row["related_to_product"]),
    )  # fmt: skip
    meeting_date: Mapped[datetime | None] = field("Meeting date", "Date de la réunion", customer=True)
    meeting_type: Mapped[MeetingType] = field(
        "Meeting type", "Type de réunion", default=MeetingType.AD_HOC, customer=True
    )

    __sheet__ = Sheet(
        label=Label("Touchpoint", "Point de contact"), plural=Label("Touchpoints", "Points de contact"),
        display="subject", prefix="TCHPT", order="number", search=("number", "subject"),
        columns=("number", "subject", "engagement", "account", "channel", "category", "state", "meeting_date",
                 "assigned_to"),
        filters=("state", "channel", "category", "account", "engagement", "assigned_to"),
        form=(
            Section.of("Touchpoint", "Point de contact", "number", "subject", "engagement", "account", "contact",
                       "channel", "category", "assigned_to"),
            Section.of("Meeting and product", "Réunion et produit", "meeting_date", "meeting_type",
                       "related_to_product", "product"),
            Section.of("Progress", "Avancement", "state", "progress", "priority", "due_date", "days_remaining"),
            Section.of("Details", "Détails", "description", "squad"), INFORMED, CLOSED,
        ),
        flow=ending(Label("touchpoint", "le point de contact")),
        derive=(follows("engagement", "sn_acct_lc_engagement", "account"), rules.unrelated_has_no_product, *CLOSURE,
                rules.progress_follows_closure),
        required=sentence("{label} is required to save the touchpoint."),
        check=(
            rules.closure_is_told(
                sentence("Fill in the closure code and the close notes before you close or cancel this touchpoint.")),
            rules.stays_with_children(
                "engagement",
                sentence("The engagement cannot be changed: this touchpoint already has linked records (success "
                         "tasks, risk signals).")),
            rules.related_names_its_product,
        ),
        needs=children("sn_acct_lc_touchpoint", "engagement", "sn_acct_lc_success_task.parent", SIGNALS),
        calculated=(days_until("due_date", "Days remaining", "Jours restants", customer=True),),
        access=granted("touchpoint", customer_read=CUSTOMER, customer_create=CUSTOMER, customer_write=CUSTOMER,
                       rows=of_accounts_below),
        domain_of="account", journals=JOURNALS, icon="message-square",
    )  # fmt: skip


def _shown_tasks(record_type: Any, by: Actor) -> ColumnElement[bool] | None:
    """SUC-10: a customer sees the tasks of the own account that are meant for customers."""
    if not by.is_customer:
        return None
    return and_(is_own(record_type.account, by), record_type.visible_to_customer.is_(True))


class SuccessTask(CaseItem):
    """An action of provider or customer inside an initiative, a success case or a touchpoint."""

    __tablename__ = "sn_acct_lc_success_task"

    parent_table: Mapped[str | None] = field("Parent type", "Type du parent", max_length=80, read_only=True)
    parent: Mapped[str] = document("Parent", "Parent", *TASK_PARENTS, table_in="parent_table", customer=True)
    subject: Mapped[str] = field("Subject", "Objet", max_length=160, customer=True)
    description: Mapped[str] = field("Description", "Description", long=True, customer=True)
    category: Mapped[TaskCategory] = field(
        "Category", "Catégorie", default=TaskCategory.WORKSHOPS_MEETINGS, customer=True
    )
    state: Mapped[State] = field(
        "State", "État", default=State.NEW, customer=True, customer_sets=("in_progress", "closed")
    )
    visible_to_customer: Mapped[bool] = field("Visible to customer", "Visible du client", default=False)
    closure_code: Mapped[ClosureCode | None] = field(
        "Closure code", "Code de clôture", customer=True, customer_gives=("write",)
    )
    close_notes: Mapped[str | None] = field(
        "Close notes", "Notes de clôture", long=True, customer=True, customer_gives=("write",)
    )

    __sheet__ = Sheet(
        label=Label("Success task", "Tâche de réussite"), plural=Label("Success tasks", "Tâches de réussite"),
        display="subject", prefix="STASK", order="number", search=("number", "subject"),
        columns=("number", "subject", "parent", "account", "state", "progress", "category", "due_date",
                 "assigned_to"),
        filters=("state", "progress", "category", "account", "assigned_to", "visible_to_customer"),
        form=(
            Section.of("Success task", "Tâche de réussite", "number", "subject", "parent", "account", "contact",
                       "category", "assigned_to", "visible_to_customer"),
            Section.of("Progress", "Avancement", "state", "progress", "priority", "due_date", "days_remaining"),
            Section.of("Details", "Détails", "description", "squad"), INFORMED, CLOSED,
        ),
        flow=ending(Label("task", "la tâche")),
        derive=(follows_document(TASK_PARENTS, "parent", "parent_table", "account"), *CLOSURE,
                rules.progress_follows_closure),
        required=sentence("{label} is required to save the success task."),
        check=(
            rules.closure_is_told(
                sentence("Fill in the closure code and the close notes before you close or cancel this success "
                         "task.")),
            rules.stays_with_children(
                "parent",
                sentence("The parent cannot be changed: this success task already has linked records (risk "
                         "signals).")),
            rules.document_is_there("parent", "parent_table"),
        ),
        needs=children("sn_acct_lc_success_task", "parent", SIGNALS),
        calculated=(days_until("due_date", "Days remaining", "Jours restants", customer=True),),
        access=granted("success_task", customer_read=CUSTOMER, customer_write=CUSTOMER, rows=_shown_tasks),
        domain_of="account", journals=JOURNALS, icon="list-checks",
    )  # fmt: skip


def _invited(record_type: Any, by: Actor) -> ColumnElement[bool] | None:
    """A customer sees the meetings of the own account to which the own contact is invited."""
    if not by.is_customer:
        return None
    listed = literal(",").concat(record_type.customer_attendees).concat(",")
    return and_(is_own(record_type.account, by), listed.contains(f",{by.contact},"))


class Meeting(Separated, Record):
    """A meeting of a success case or a touchpoint."""

    __tablename__ = "sn_acct_lc_meeting"

    number: Mapped[str] = field("Number", "Numéro", max_length=40, read_only=True, customer=True)
    parent_table: Mapped[str | None] = field("Parent type", "Type du parent", max_length=80, read_only=True)
    parent_record: Mapped[str] = document("Parent", "Parent", *MEETING_PARENTS, table_in="parent_table")
    account: Mapped[str | None] = reference(
        "Account", "Compte", to="customer_account", read_only=True, customer=True
    )  # fmt: skip
    subject: Mapped[str] = field("Subject", "Objet", customer=True)
    agenda: Mapped[str | None] = field("Agenda", "Ordre du jour", long=True, customer=True)
    state: Mapped[MeetingState] = field("State", "État", default=MeetingState.DRAFT, customer=True)
    start: Mapped[datetime | None] = field(
        "Start", "Début", customer=True, required_when=lambda row: row["state"] == MeetingState.SCHEDULED
    )
    end: Mapped[datetime | None] = field("End", "Fin", customer=True)
    organizer: Mapped[str | None] = reference("Organizer", "Organisateur", to="sys_user", customer=True)
    internal_attendees: Mapped[list[str]] = reference(
        "Internal attendees", "Participants internes", to="sys_user", many=True
    )
    customer_attendees: Mapped[list[str]] = reference(
        "Customer attendees", "Participants client", to="customer_contact", many=True, within="account"
    )
    location: Mapped[str | None] = field("Place or link", "Lieu ou lien", customer=True)
    minutes: Mapped[str | None] = field("Minutes", "Compte rendu", long=True)

    __sheet__ = Sheet(
        label=Label("Meeting", "Réunion"), plural=Label("Meetings", "Réunions"), display="subject", prefix="MTG",
        order="number", columns=("number", "subject", "parent_record", "account", "state", "start", "organizer"),
        filters=("state", "account", "organizer"), search=("number", "subject"),
        form=(
            Section.of("Meeting", "Réunion", "number", "subject", "parent_record", "account", "state", "start", "end",
                       "location"),
            Section.of("People", "Personnes", "organizer", "internal_attendees", "customer_attendees"),
            Section.of("Content", "Contenu", "agenda", "minutes"),
        ),
        derive=(follows_document(MEETING_PARENTS, "parent_record", "parent_table", "account"),),
        check=(rules.meeting_ends_after_it_starts, rules.document_is_there("parent_record", "parent_table")),
        access=Access(read=VIEWER, create=AGENT, write=AGENT, delete=("admin",), customer_read=CUSTOMER,
                      rows=_invited),
        domain_of="account", icon="calendar",
    )  # fmt: skip
