"""Imports as administrators define them: validations, transform maps, columns, data sources; what was loaded."""

from flask import Blueprint, flash, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ale.blueprints.shown.validation_trial import Trial
from ale.domains.imports.builder import ImportBuilder, UiView
from ale.domains.imports.publications import Publication
from ale.domains.imports.records import DataSource, FieldMap, TransformMap, ValidationAssist
from ale.domains.imports.remembered import ImportMapping
from ale.domains.imports.staging import ImportSet
from ale.foundation import changes
from ale.foundation.db import transaction
from ale.foundation.label import Label
from ale.foundation.reading import find
from ale.web.addresses import form_href, list_href, offers
from ale.web.identity import actor
from ale.web.navigation import ADMINISTRATION, link
from ale.web.pages import record_pages
from ale.web.render import done, render

bp = Blueprint("imports_admin", __name__, url_prefix="/import-setup")
record_pages(bp, ValidationAssist, "validations")
record_pages(bp, TransformMap, "maps")
record_pages(bp, FieldMap, "columns")
record_pages(bp, DataSource, "sources")
record_pages(bp, ImportSet, "loads")
record_pages(bp, ImportMapping, "mappings")
record_pages(bp, Publication, "publications")
record_pages(bp, ImportBuilder, "builders")
record_pages(bp, UiView, "views")

offers(ImportBuilder, Label("Validations", "Validations"), "imports_admin.checks_of", changes=False)
TRY = Label("Test against a sample row", "Tester sur une ligne d’exemple")
offers(ValidationAssist, TRY, "imports_admin.trial", changes=False)
offers(ValidationAssist, Label("Switch on or off", "Activer ou désactiver"), "imports_admin.switch", changes=True)

VALIDATIONS, MAPS = Label("Validations", "Validations"), Label("Import maps", "Cartes d’importation")
link(ADMINISTRATION, 30, VALIDATIONS, "imports_admin.validations_list", "list-checks", reads=ValidationAssist)
link(ADMINISTRATION, 35, MAPS, "imports_admin.maps_list", "workflow", roles=("import_builder_read",))
MAPPINGS = Label("Remembered mappings", "Correspondances mémorisées")
link(ADMINISTRATION, 38, MAPPINGS, "imports_admin.mappings_list", "workflow", reads=ImportMapping)
BUILDERS, VIEWS = Label("Import builders", "Générateurs d’importation"), Label("List views", "Vues de liste")
link(ADMINISTRATION, 36, BUILDERS, "imports_admin.builders_list", "file-spreadsheet", reads=ImportBuilder)
link(ADMINISTRATION, 37, VIEWS, "imports_admin.views_list", "eye", roles=("import_builder_read",))


@bp.get("/builders/<sys_id>/validations")
def checks_of(sys_id: str) -> Response:
    """The validations of the staging table that a builder made, for more to be added (IMP-14)."""
    builder = find(ImportBuilder, sys_id, actor())
    return done(str(list_href(ValidationAssist, query=f"staging_table={builder.import_set_internal_name or ''}")))


@bp.get("/validations/<sys_id>/test")
def trial(sys_id: str) -> str:
    """A row to try the validation on: one that was loaded, or what is typed."""
    return render("imports/trial.html", trial=Trial(find(ValidationAssist, sys_id, actor()), actor(), request.args))


@bp.post("/validations/<sys_id>/test")
def run_trial(sys_id: str) -> str:
    """The verdict on the row; nothing is stored."""
    check = find(ValidationAssist, sys_id, actor())
    return render("imports/trial.html", trial=Trial(check, actor(), request.form, is_run=True))


@bp.post("/validations/<sys_id>/switch")
def switch(sys_id: str) -> Response:
    """Switch the validation on, or off: rows validated from now on are judged with it or without."""
    check = find(ValidationAssist, sys_id, actor())
    with transaction():
        changes.save(check, {"active": not check.active}, by=actor())
    flash(_("This validation is on.") if check.active else _("This validation is off."), "ok")
    return done(str(form_href(ValidationAssist, sys_id)))
