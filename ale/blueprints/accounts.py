"""Accounts, their contacts and their domains."""

from flask import Blueprint

from ale.domains.accounts.records import Account, Contact, Domain
from ale.foundation.label import Label
from ale.web.navigation import ACCOUNTS, ADMINISTRATION, link
from ale.web.pages import record_pages

bp = Blueprint("accounts", __name__)
record_pages(bp, Account, "accounts")
record_pages(bp, Contact, "contacts")
record_pages(bp, Domain, "domains")

link(ACCOUNTS, 10, Label("Accounts", "Comptes"), "accounts.accounts_list", "building-2", reads=Account)
link(ACCOUNTS, 20, Label("Contacts", "Contacts"), "accounts.contacts_list", "users", reads=Contact)
link(ADMINISTRATION, 80, Label("Domains", "Domaines"), "accounts.domains_list", "globe", reads=Domain)
