"""The Aggregate API, shaped as ServiceNow's."""

from flask import Blueprint, Response, request

from ale.web.api_document import PAGING
from ale.web.api_operations import described
from ale.web.api_schemas import as_result
from ale.web.api_stats import stats
from ale.web.identity import actor
from ale.web.json import api_door, known_table, result

bp = Blueprint("api_stats", __name__)
api_door(bp)


@bp.get("/api/now/stats/<name>")
@bp.get("/api/now/v1/stats/<name>")
@described(
    "Figures",
    {"200": as_result("One object, or a list of groups", {"type": ["object", "array"]})},
    query=(
        PAGING[0],
        ("sysparm_count", "true counts the rows"),
        ("sysparm_sum_fields", "Fields to add up, joined by commas; likewise avg, min and max"),
        ("sysparm_avg_fields", "Fields to take the average of"),
        ("sysparm_min_fields", "Fields to take the least value of"),
        ("sysparm_max_fields", "Fields to take the greatest value of"),
        ("sysparm_group_by", "Fields to group by, joined by commas"),
        ("sysparm_having", "What groups must fulfil: count^state^>^3"),
        ("sysparm_order_by", "count, sum^field or a field of the groups, each with ^DESC behind it"),
        ("sysparm_display_value", "false: groups as stored, true or all: with display values"),
    ),
)
def figures(name: str) -> Response:
    """Figures about the rows that sysparm_query describes."""
    return result(stats(known_table(name), request.args, actor()))
