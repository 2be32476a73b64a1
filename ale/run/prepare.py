"""`python -m ale.run.prepare`: the flask commands that a start needs, in one process that loads ALE once."""

from __future__ import annotations

from flask.cli import ScriptInfo

from app import app


def main() -> None:
    """Bring the schema, the supplied rows and, in development, the demo data up to date; each leaves alone what is."""
    commands = [["db", "upgrade"], ["ale", "supply"]]
    if not app.config["ALE"].production:
        commands.append(["ale", "demo"])
    for command in commands:
        app.cli.main(command, prog_name="flask", standalone_mode=False, obj=ScriptInfo(create_app=lambda: app))


if __name__ == "__main__":
    main()
