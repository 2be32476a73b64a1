"""The commands of `flask ale`."""

import os
import sys
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from flask_migrate import Migrate

from ale.backup import BackupError, backup, restore
from ale.foundation import fulltext
from ale.foundation.actor import ROOT_DOMAIN, Actor
from ale.foundation.changes import create
from ale.foundation.db import db, enter_domain, transaction
from ale.foundation.problem import Rejected
from ale.run import CannotStart, lock

group = AppGroup("ale", help="Account Lifecycle Events.")


def init_app(app: Flask) -> None:
    """Add the commands, and `flask db` for the schema."""
    Migrate(app, db, directory=f"{app.root_path}/../migrations", render_as_batch=True, compare_type=True)
    app.cli.add_command(group)


@group.command("worker")
def worker() -> None:
    """Run one worker process."""
    from ale.run.worker import run_worker

    app = current_app._get_current_object()  # type: ignore[attr-defined]  # of the proxy, which its type hides
    run_worker(app, current_app.config["ALE"])


@group.command("supply")
def supply() -> None:
    """Make or complete what ALE delivers as rows: roles, settings, playbooks, imports."""
    from ale.supply import supply_all

    enter_domain(ROOT_DOMAIN)
    with transaction():
        supply_all()


@group.command("demo")
@click.option("--conformance", is_flag=True, help="Also the tables that the suites of ServiceNow's clients expect.")
def demo(conformance: bool) -> None:
    """(Re)load the demo data; refused in production."""
    if current_app.config["ALE"].production:
        sys.exit("Demo data is for development; ALE_ENV is production.")
    from ale.demo import load_demo
    from ale.demo.conformance import load_conformance
    from ale.supply import supply_all

    enter_domain(ROOT_DOMAIN)
    with transaction():
        supply_all()
        load_demo()
        if conformance:
            load_conformance()


@group.command("verify")
def verify() -> None:
    """Look for stored data that contradicts itself; exit 1 when there is any."""
    from ale.verify import breaches

    enter_domain(ROOT_DOMAIN)
    found = breaches()
    for breach in found:
        click.echo(str(breach))
    click.echo(f"{len(found)} breaches" if found else "Everything holds together.")
    sys.exit(1 if found else 0)


@group.command("search")
@click.option("--rebuild", is_flag=True, required=True, help="Make the words of all records anew.")
def search(rebuild: bool) -> None:
    """Repair the full-text search; it is kept up to date by itself, so this is for restored or changed databases."""
    enter_domain(ROOT_DOMAIN)
    if rebuild:
        with transaction():
            for table, count in fulltext.rebuild():
                click.echo(f"{table}: {count}")


@group.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup_command(file: Path) -> None:
    """Write a copy of database and attachments to FILE while ALE runs."""
    try:
        backup(current_app.config["ALE"], file.resolve())
    except BackupError as error:
        sys.exit(str(error))


@group.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore_command(file: Path) -> None:
    """Put a copy back in place of what is there; stop ALE first."""
    settings = current_app.config["ALE"]
    try:
        held = lock.hold(settings.data_dir)
        db.engine.dispose()
        restore(settings, file.resolve())
    except CannotStart as running:
        sys.exit(f"Nothing was put back: {running}")
    except BackupError as error:
        sys.exit(str(error))
    os.close(held)


@group.group("user")
def user() -> None:
    """Users."""


@user.command("add")
@click.argument("user_name")
@click.option("--name", prompt=True)
@click.option("--email", prompt=True)
@click.option("--role", "roles", multiple=True, help="May be given several times.")
@click.option("--domain", default=ROOT_DOMAIN, show_default=True)
@click.password_option()
def user_add(user_name: str, name: str, email: str, roles: tuple[str, ...], domain: str, password: str) -> None:
    """Make a user."""
    from ale.domains.people.records import User
    from ale.domains.people.service import grant, set_password, supply_roles

    enter_domain(ROOT_DOMAIN)
    by = Actor.system()
    try:
        with transaction():
            supply_roles(by)
            enter_domain(domain)
            given = {"user_name": user_name, "name": name, "email": email}
            added = create(User, given, by=Actor.system(domain))
            set_password(added, password)
            for role in roles:
                grant(added, role, by)
    except Rejected as error:
        sys.exit(str(error))
