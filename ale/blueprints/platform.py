"""Plugins, notifications, templates of replies, and the messages shown to people."""

from flask import Blueprint

from ale.domains.system import platform
from ale.domains.system.replies import replies
from ale.foundation.label import Label
from ale.web.navigation import ADMINISTRATION, HOME, link
from ale.web.pages import record_pages
from ale.web.record_page import REPLIES

bp = Blueprint("platform", __name__)
record_pages(bp, platform.Plugin, "plugins")
record_pages(bp, platform.Notification, "notifications")
record_pages(bp, platform.Message, "messages")
record_pages(bp, platform.ResponseTemplate, "response-templates")
REPLIES.append(replies)

PLUGINS = Label("All available applications", "Toutes les applications disponibles")
TEMPLATES = Label("Response templates", "Modèles de réponse")
NOTIFICATIONS = Label("Notifications", "Notifications")
MESSAGES = Label("Messages", "Messages")
link(HOME, 10, MESSAGES, "platform.messages_list", "bell", reads=platform.Message, counts=lambda kind: ~kind.read)
link(ADMINISTRATION, 72, NOTIFICATIONS, "platform.notifications_list", "mail", reads=platform.Notification)
link(ADMINISTRATION, 73, TEMPLATES, "platform.response_templates_list", "message-square", roles=("admin",))
link(ADMINISTRATION, 80, PLUGINS, "platform.plugins_list", "sparkles", reads=platform.Plugin)
