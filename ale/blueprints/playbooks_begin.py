"""Where playbooks are begun and found: the first step of a new record, and the way from a record to its playbook."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from ale.blueprints.shown.launcher import AGENT
from ale.domains.onboarding.records import AGENT as CASE_MAKERS
from ale.domains.onboarding.records import OnboardingCase
from ale.domains.playbooks import success_runs
from ale.domains.playbooks.run import run_on
from ale.domains.playbooks.success_runs import FIRST_FIELD
from ale.domains.playbooks.versions import active_playbook
from ale.domains.success.actions import SuccessCase
from ale.domains.success.plan import Initiative
from ale.foundation.changes import save
from ale.foundation.db import transaction
from ale.foundation.field import fields_of
from ale.foundation.label import Label
from ale.foundation.problem import Forbidden, Problem, Rejected
from ale.foundation.reading import find, may
from ale.foundation.record import RECORDS, Record, Step, table_name
from ale.web.addresses import form_href, offers, opens_at, pages_of, record_href
from ale.web.forms import RecordForm, Sent
from ale.web.identity import actor
from ale.web.language import label, number
from ale.web.record_page import ENDINGS, Ending
from ale.web.render import done, render
from ale.web.values import Shown, shown, title_of

bp = Blueprint("playbooks_begin", __name__, url_prefix="/playbooks")
Answer = Response | str | tuple[str, int]

FIRST: dict[type[Record], tuple[Label, tuple[str, ...]]] = {
    OnboardingCase: (Label("Select account", "Sélectionner un compte"), ("account", "onboarding_type")),
    **{
        record_type: (Label("Select engagement", "Sélectionner un engagement"), (name,))
        for record_type, name in FIRST_FIELD.items()
    },
    Initiative: (Label("Success outcome", "Résultat de réussite"), (FIRST_FIELD[Initiative],)),
}
"""The types that begin with the first step of their playbook: what it is called, what it asks for."""


def of_record(table: str, sys_id: str) -> Answer:
    """The playbook of a record, at the first thing to do; a record without one leads to its form."""
    record_type = RECORDS[table]
    run = run_on(find(record_type, sys_id, actor()))
    return done(url_for("playbooks.show", context=run.context.sys_id) if run else str(form_href(record_type, sys_id)))


def new(table: str) -> Answer:
    """ONB-03, PBK-12, PBK-13: a new record begins with what it hangs on; without a playbook with its form."""
    record_type = RECORDS[table]
    if record_type is not OnboardingCase and active_playbook(table) is None:
        return done(f"{url_for(f'{pages_of(record_type)}_new')}?{request.query_string.decode()}")
    return _page(_form(record_type), launches=_launches(record_type))


def begin(table: str) -> Answer:
    """Continue: makes the record, and with it the playbook; or on to the success plays with what was chosen."""
    record_type = RECORDS[table]
    form = _form(record_type, request.form)
    if request.form.get("go") == "play":
        return done(url_for("launcher.onboarding", account=form.given.get("account") or None))
    try:
        with transaction():
            record = success_runs.begin(record_type, form.given, actor())
    except Rejected as refused:
        form = _form(record_type, request.form, refused.problems)
        return _page(form, launches=_launches(record_type)), 422
    return done(url_for(f".of_{table}", sys_id=record.sys_id))


@bp.get("/onboarding-from/<sys_id>")
def new_from(sys_id: str) -> Answer:
    """ONB-02: a case that comes from a success case has its account, which is told and not asked for."""
    origin = find(SuccessCase, sys_id, actor())
    return _page(_form(OnboardingCase), _told_of(origin))


@bp.post("/onboarding-from/<sys_id>")
def begin_from(sys_id: str) -> Answer:
    """Continue: makes the case, and with it the playbook."""
    origin, form = find(SuccessCase, sys_id, actor()), _form(OnboardingCase, request.form)
    given = {"origin_case": origin.sys_id, "onboarding_type": form.given.get("onboarding_type")}
    try:
        with transaction():
            case = success_runs.begin(OnboardingCase, given, actor())
    except Rejected as refused:
        return _page(_form(OnboardingCase, request.form, refused.problems), _told_of(origin)), 422
    return done(str(record_href(table_name(OnboardingCase), case.sys_id)))


@bp.post("/assign/<sys_id>")
def assign_to_me(sys_id: str) -> Answer:
    """PBK-16: the initiative becomes the task of whoever asks for it."""
    initiative, by = find(Initiative, sys_id, actor()), actor()
    if by.is_customer or not may(Initiative, "write", by):
        raise Forbidden(f"{by.name} may not write Initiative")
    with transaction():
        save(initiative, {"assigned_to": by.id}, by=by)
    return done(str(form_href(Initiative, sys_id)))


def _ending(record: Record) -> Ending | None:
    """PBK-07: the playbook that is canceled when its record is closed or canceled."""
    run = run_on(record) if type(record) in FIRST else None
    if run is None or not (count := len(run.unfinished)):
        return None
    before = ngettext(
        "Its playbook is not finished: %(count)s open activity will be canceled.",
        "Its playbook is not finished: %(count)s open activities will be canceled.", count, count=number(count),
    )  # fmt: skip
    after = ngettext(
        "Its playbook was canceled, with %(count)s open activity.",
        "Its playbook was canceled, with %(count)s open activities.", count, count=number(count),
    )  # fmt: skip
    return Ending(("close", "cancel"), before, after)


ENDINGS.append(_ending)


def _page(form: RecordForm, told: Sequence[Shown] = (), launches: bool = False) -> str:
    """The first step: what it asks for, below what is `told` because it follows from where the record comes from."""
    named = {one.name for one in told}
    fields = [control for control in form.sections[0].fields if control["name"] not in named]
    return render("playbooks/new.html", form=form, fields=fields, told=told, launches=launches)


def _told_of(origin: SuccessCase) -> list[Shown]:
    name = label(fields_of(OnboardingCase)["origin_case"].label)
    href = form_href(SuccessCase, origin.sys_id)
    return [Shown("origin_case", name, title_of(origin), href), *shown(origin, ("account",), actor())]


def _form(record_type: type[Any], sent: Sent | None = None, problems: list[Problem] | None = None) -> RecordForm:
    title, fields = FIRST[record_type]
    step = Step("continue", title, {}, lambda _row: True, fields)
    required = fields if record_type in FIRST_FIELD else ()
    form = RecordForm(record_type, actor(), None, request.args, sent, step, problems or (), required)
    if not form.is_open:
        raise Forbidden(f"{form.by.name} may not create {record_type.__name__}")
    return form


def _launches(record_type: type[Record]) -> bool:
    """SUC-08: whether a new record can begin with a success play instead."""
    return record_type is OnboardingCase and actor().has(*AGENT)


_VIEWS: tuple[tuple[str, str, str, Callable[..., Answer]], ...] = (
    ("new", "/new{}", "GET", new),
    ("begin", "/new{}", "POST", begin),
    ("of", "/of{}/<sys_id>", "GET", of_record),
)

for _type in FIRST:
    _table = table_name(_type)
    _place, _values = "" if _type is OnboardingCase else f"/{_table}", {"table": _table}
    for _name, _rule, _method, _view in _VIEWS:
        bp.add_url_rule(_rule.format(_place), f"{_name}_{_table}", _view, methods=[_method], defaults=_values)
    offers(_type, Label("Open playbook", "Ouvrir le playbook"), f"playbooks_begin.of_{_table}", changes=False)
    _shown = {"show": f"playbooks_begin.of_{_table}"} if _type is OnboardingCase else {}
    opens_at(_type, new=f"playbooks_begin.new_{_table}", **_shown)
offers(SuccessCase, Label("Create onboarding case", "Créer un dossier d’intégration"), "playbooks_begin.new_from",
       changes=False, roles=CASE_MAKERS)  # fmt: skip
offers(Initiative, Label("Assign to me", "M’affecter"), "playbooks_begin.assign_to_me", changes=True)
