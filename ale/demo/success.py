"""Customer success of the demo: an engagement of each customer, what it aims at and what is done for it."""

from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import select

from ale.demo.people import user_named
from ale.domains.accounts.records import Account, Contact
from ale.domains.estate.records import Contract, SoldProduct
from ale.domains.onboarding.records import OnboardingCase
from ale.domains.success.actions import Meeting, SuccessCase, SuccessTask, Touchpoint
from ale.domains.success.measures import Indicator, ServiceDefinition
from ale.domains.success.plan import Initiative, Objective, Outcome
from ale.domains.success.records import Engagement, EngagementContract
from ale.foundation.actor import Actor
from ale.foundation.changes import create, save
from ale.foundation.clock import now, today
from ale.foundation.db import session
from ale.foundation.record import Record

T = TypeVar("T", bound=Record)


def make_success(accounts: dict[str, Account], by: Actor) -> None:
    """Two engagements: one on its way that worries, one that begins to grow."""
    services = [create(ServiceDefinition, {"name": name}, by=by) for name in ("Adoption advice", "Architecture advice")]
    calls = create(Indicator, {"name": "Open cases per month", "unit": "cases", "direction": "down"}, by=by)
    _genixify(_Shelf(accounts["Genixify"], by), calls, services[0])
    _boxeo(_Shelf(accounts["Boxeo"], by), services[1])


class _Shelf:
    """Makes the records of one account."""

    def __init__(self, account: Account, by: Actor) -> None:
        self.account, self.by, self.manager = account, by, user_named("csm").sys_id

    def first(self, record_type: type[T]) -> T:
        """The oldest record of this type that the account has."""
        own: Any = record_type
        found = session.scalars(select(own).where(own.account == self.account.sys_id).order_by(own.sys_id)).first()
        if found is None:
            raise LookupError(f"{self.account.name} has no {record_type.__name__}")
        return found

    def engagement(self, title: str, **given: Any) -> Engagement:
        """An engagement with the contract that it covers."""
        people: dict[str, Any] = {
            "customer_success_manager": self.manager,
            "account_manager": user_named("agent").sys_id,
        }
        facts: dict[str, Any] = {"account": self.account.sys_id, "title": title}
        facts |= {"initial_onboarding": self.first(OnboardingCase).sys_id}
        facts |= {"key_customer_contact": self.account.primary_contact}
        made = create(Engagement, facts | people | given, by=self.by)
        covered = {"engagement": made.sys_id, "contract": self.first(Contract).sys_id}
        create(EngagementContract, covered, by=self.by)
        return made

    def put(self, record_type: type[T], words: tuple[str, str], **given: Any) -> T:
        """A record with its name and its description."""
        name, description = words
        named = {record_type.__sheet__.display: name, "description": description}
        return create(record_type, named | given, by=self.by)


def _genixify(shelf: _Shelf, calls: Indicator, service: ServiceDefinition) -> None:
    engagement = shelf.engagement("Genixify platform adoption", state="in_progress", stage="adoption",
                                  perceived_health="yellow", squad=[])  # fmt: skip
    span = {"planned_start": today() - timedelta(days=60), "planned_stop": today() + timedelta(days=45)}
    own = {"engagement": engagement.sys_id}
    under_way = {"state": "in_progress", "progress": "on_track"}
    cut = shelf.put(
        Objective, ("Cut handling time by a third", "From nine to six minutes for each request."),
        driver="productivity", objective_owner=shelf.manager, products=[shelf.first(SoldProduct).sys_id], priority="2",
        **own, **span, **under_way,
    )  # fmt: skip
    shelf.put(Objective, ("All three sites on the platform", "Graz and Cork follow Lyon."), driver="growth", **own)
    goal = {"success_objective": cut.sys_id, "owner": shelf.manager}
    fewer = shelf.put(
        Outcome, ("30 % fewer calls", "Measured each month."), tracking_method="indicator_kpi",
        kpi_indicator=calls.sys_id, unit="cases", base_value=1200, current_value=960, target_value=840, **goal, **span,
        **under_way,
    )  # fmt: skip
    shelf.put(
        Outcome, ("First answer within an hour", "For nine of ten requests."), unit="%", base_value=55,
        current_value=61, target_value=90, **goal, state="in_progress", progress="at_risk", **span,
    )  # fmt: skip
    portal = shelf.put(
        Initiative, ("Self-service portal", "Put the twenty most frequent requests on the portal."),
        category="adoption", success_outcome=fewer.sys_id, assigned_to=shelf.manager,
        due_date=now() + timedelta(days=30),
        **under_way,
    )  # fmt: skip
    _tasks(shelf, portal, ("Choose the requests", "The twenty most frequent ones."), ("Write the forms", "With Lea."))
    review = shelf.put(
        SuccessCase, ("Review the request forms", "They ask for what is known already."),
        service_definition=service.sys_id, contact=shelf.account.primary_contact, assigned_to=shelf.manager, **own,
        **under_way,
    )  # fmt: skip
    _tasks(shelf, review, ("Prepare the workshop", "Room, agenda and the last month's figures."))
    weekly = shelf.put(
        Touchpoint, ("Weekly review", "Status of the roll-out."), channel="phone", meeting_type="weekly_status",
        meeting_date=now() + timedelta(days=2), contact=shelf.account.primary_contact, assigned_to=shelf.manager, **own,
    )  # fmt: skip
    save(weekly, {"comments": "Please bring the list of users in Graz."}, by=shelf.by)
    quote = shelf.put(
        Touchpoint,
        ("Need a renewal quote", "For fifty more users."),
        category="renewal_support",
        channel="email",
        **own,
    )
    save(quote, {"state": "closed", "closure_code": "achieved", "close_notes": "Quote sent."}, by=shelf.by)
    when = {"start": now() + timedelta(days=5), "end": now() + timedelta(days=5, hours=1), "state": "scheduled"}
    guests = {"organizer": shelf.manager, "customer_attendees": [shelf.first(Contact).sys_id]}
    met = {"parent_record": review.sys_id, "subject": "Forms workshop", "agenda": "Which fields can go?"}
    create(Meeting, met | guests | when, by=shelf.by)


def _boxeo(shelf: _Shelf, service: ServiceDefinition) -> None:
    engagement = shelf.engagement("Boxeo expansion", state="define", stage="expand", perceived_health="green")
    own = {"engagement": engagement.sys_id}
    span = {"planned_start": today(), "planned_stop": today() + timedelta(days=120)}
    objective = shelf.put(
        Objective, ("Technicians reach every job with its history", "On the phone, also offline."),
        driver="customer_experience", objective_owner=shelf.manager, **own, **span,
    )  # fmt: skip
    shelf.put(
        Outcome, ("Repaired at the first visit", "Share of jobs without a second visit."), unit="%", base_value=71,
        target_value=85, success_objective=objective.sys_id, owner=shelf.manager, **span,
    )  # fmt: skip
    shelf.put(
        SuccessCase, ("Architecture of the depot in Porto", "Two hundred devices behind one line."),
        category="architecture_review", service_definition=service.sys_id, **own,
    )  # fmt: skip
    shelf.put(
        Touchpoint, ("Quarterly review", "Figures of the pilot, plans for Porto."), meeting_type="qbr", channel="web",
        meeting_date=now() + timedelta(days=12), assigned_to=shelf.manager, **own,
    )  # fmt: skip


def _tasks(shelf: _Shelf, parent: Record, *texts: tuple[str, str]) -> None:
    """One task for each of these texts; the first is the customer's to see."""
    for place, words in enumerate(texts):
        due = now() + timedelta(days=7 * place + 3)
        shelf.put(SuccessTask, words, parent=parent.sys_id, due_date=due, visible_to_customer=place == 0,
                  assigned_to=shelf.manager)  # fmt: skip
