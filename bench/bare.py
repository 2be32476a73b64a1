"""The least that a page of fifty rows costs: Flask and Jinja, and nothing of ours; run by gunicorn beside ALE."""

from flask import Flask, render_template_string

PAGE = """<!doctype html><html lang="en"><head><title>Contacts</title></head><body><table>
{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</table></body></html>"""
ROWS = [[f"Last{n}", f"First{n}", f"person{n}@bench.example", "Engineer", "Genixify", "Yes"] for n in range(50)]

app = Flask(__name__)


@app.get("/")
def contacts() -> str:
    """The rows that ALE would show."""
    return render_template_string(PAGE, rows=ROWS)
