"""What the suites of ServiceNow's clients read and write, as pages for administrators."""

from flask import Blueprint

from ale.domains.conformance.records import (
    BusinessRule,
    Department,
    LogLine,
    Metadata,
    ProblemRecord,
    TableName,
)
from ale.web.pages import record_pages

bp = Blueprint("conformance", __name__, url_prefix="/conformance")
record_pages(bp, Department, "departments")
record_pages(bp, BusinessRule, "business-rules")
record_pages(bp, ProblemRecord, "problems")
record_pages(bp, TableName, "tables")
record_pages(bp, LogLine, "log")
record_pages(bp, Metadata, "metadata")
