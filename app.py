"""What `flask` and gunicorn load."""

from ale import create_app

app = create_app()
