"""ALE, Account Lifecycle Events: the factory of the application."""

import logging

from flask import Flask
from redis import RedisError

from ale import blueprints, commands, domains, web
from ale.config import Settings
from ale.foundation import attachments, ledger, second_wall
from ale.foundation.db import db
from ale.run import bell


def create_app(settings: Settings | None = None) -> Flask:
    """The application with these settings; without, those of the environment."""
    settings = settings or Settings.from_environment()
    domains.load()
    app = Flask(__name__)
    app.config.update(
        ALE=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        MAX_CONTENT_LENGTH=attachments.LARGEST + 2**20,  # and what a form says beside the file,
    )
    attachments.store(settings.data_dir / "attachments")
    db.init_app(app)
    with app.app_context():
        second_wall.keep(db.engine)
    web.init_app(app)
    blueprints.init_app(app)
    commands.init_app(app)
    _hang_the_bell(settings)
    return app


def _engine_options(settings: Settings) -> dict[str, object]:
    return {} if settings.database_url.startswith("sqlite") else {"pool_pre_ping": True, "pool_size": 10}


def _hang_the_bell(settings: Settings) -> None:
    """Jobs are announced through the queue; without it they wait for the next round of the clock."""
    connection = bell.connect(settings.redis_url)

    def ring(job_id: str) -> None:
        try:
            bell.ring(connection, job_id)
        except RedisError as error:
            logging.getLogger(__name__).warning(
                "The queue does not answer (%s); job %s waits for the clock", error, job_id
            )

    ledger.on_new_job(ring)
