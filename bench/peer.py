"""The same contacts through django-import-export as its users know it: upload, dry run, confirm.

`python -m bench.peer WORKBOOK FOLDER` prints the seconds of each step as JSON; a process of its own, since Django is
configured once. One wrong cell keeps it from importing anything, so its workbook has none. Its models have our fields,
references, checks and unique values; it keeps no history, knows no domains and stages nothing.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any, ClassVar

import django
from django.conf import settings
from django.db import connection, models

from bench.contacts import LOCATION

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(Path(sys.argv[2]) / "peer.sqlite3")}},
    INSTALLED_APPS=["import_export", "bench"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

from import_export import fields, resources, widgets  # noqa: E402 -- they need the settings
from import_export.formats.base_formats import XLSX  # noqa: E402

LANGUAGES = ("en", "de", "fr", "es", "it", "ja")


class Account(models.Model):
    """A customer."""

    name = models.CharField(max_length=100, unique=True)

    class Meta:
        app_label = "bench"


class Location(models.Model):
    """A place of a customer."""

    name = models.CharField(max_length=100, unique=True)

    class Meta:
        app_label = "bench"


class Contact(models.Model):
    """A person at a customer."""

    external_reference_id = models.CharField(max_length=20, unique=True)
    account = models.ForeignKey(Account, models.PROTECT)
    first_name = models.CharField(max_length=40)
    last_name = models.CharField(max_length=40, db_index=True)
    email = models.EmailField(max_length=100, unique=True)
    phone = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=2, choices=[(one, one) for one in LANGUAGES])
    active = models.BooleanField()
    start_date = models.DateField(null=True, blank=True)
    location = models.ForeignKey(Location, models.PROTECT, null=True, blank=True)
    notes = models.CharField(max_length=500, blank=True)

    class Meta:
        app_label = "bench"


class YesNo(widgets.BooleanWidget):
    """The words that stand in the workbook."""

    TRUE_VALUES: ClassVar[list[Any]] = ["yes", "true", "oui"]
    FALSE_VALUES: ClassVar[list[Any]] = ["no", "false", "non"]


class ContactResource(resources.ModelResource):
    """What its users write: the columns, the references and the key."""

    external_reference_id = fields.Field("external_reference_id", "External id")
    account = fields.Field("account", "Account", widgets.ForeignKeyWidget(Account, "name"))
    first_name = fields.Field("first_name", "First name")
    last_name = fields.Field("last_name", "Last name")
    email = fields.Field("email", "Email")
    phone = fields.Field("phone", "Phone")
    title = fields.Field("title", "Title")
    language = fields.Field("language", "Language")
    active = fields.Field("active", "Active", YesNo())
    start_date = fields.Field("start_date", "Start date", widgets.DateWidget("%Y-%m-%d"))
    location = fields.Field("location", "Location", widgets.ForeignKeyWidget(Location, "name"))
    notes = fields.Field("notes", "Notes")

    class Meta:
        model = Contact
        import_id_fields = ("external_reference_id",)
        clean_model_instances = True  # else nothing would be checked
        use_transactions = True

    def before_import_row(self, row: dict[str, Any], **_: Any) -> None:
        """A row without account is of the one whose data is imported."""
        row["Account"] = row["Account"] or "Genixify"


def main(workbook: Path) -> None:
    """Import the workbook into a new database."""
    with connection.schema_editor() as editor:
        for model in (Account, Location, Contact):
            editor.create_model(model)
    Account.objects.create(name="Genixify")
    Location.objects.create(name=LOCATION)
    seconds = {name: _timed(workbook, dry_run=name == "dry run") for name in ("dry run", "confirm")}
    print(json.dumps(seconds | {"imported": Contact.objects.count()}))


def _timed(workbook: Path, *, dry_run: bool) -> float:
    """Each step is a request of its own and reads the file."""
    begun = time.perf_counter()
    dataset = XLSX().create_dataset(workbook.read_bytes())
    ContactResource().import_data(dataset, dry_run=dry_run, raise_errors=True)
    return time.perf_counter() - begun


main(Path(sys.argv[1]))
