"""Sending what waits in the outbox, when a mail server is configured; without one mails stay there to be read."""

import smtplib
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from flask import current_app
from sqlalchemy import select

from ale.foundation.clock import now
from ale.foundation.db import session, transaction
from ale.foundation.outbox import Email

TIMEOUT = 10
AT_ONCE = 50
ATTEMPTS = 8


def deliver() -> int:
    """Send the waiting mails; how many left. A mail is marked in its own transaction right after the server took it.

    Its Message-ID is that of the row, so that one sent twice after a crash is recognised as one.
    """
    url = current_app.config["ALE"].mail_url
    if not url:
        return 0
    keys = session.scalars(
        select(Email.sys_id).where(Email.state == "ready").order_by(Email.sys_id).limit(AT_ONCE)
    ).all()
    return sum(_send(url, key) for key in keys)


def _send(url: str, key: str) -> bool:
    with transaction():
        mail = session.scalars(select(Email).where(Email.sys_id == key).with_for_update(skip_locked=True)).one_or_none()
        if mail is None or mail.state != "ready":
            return False
        try:
            _hand_over(url, mail)
        except (OSError, smtplib.SMTPException) as error:
            mail.attempts, mail.error = mail.attempts + 1, str(error)[:500]
            mail.state = "failed" if mail.attempts >= ATTEMPTS else "ready"
            return False
        mail.state, mail.sent_at, mail.error = "sent", now(), None
        return True


def _hand_over(url: str, mail: Email) -> None:
    parts = urlsplit(url)
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "ale@localhost", mail.recipient, mail.subject
    message["Message-ID"] = f"<{mail.sys_id}@ale>"
    message.set_content(mail.body)
    with kind(parts.hostname or "127.0.0.1", parts.port or 25, timeout=TIMEOUT) as server:
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)
