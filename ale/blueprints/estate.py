"""What an account has: places, products, contracts, installed base, entitlements."""

from flask import Blueprint

from ale.domains.estate import records
from ale.foundation.label import Label
from ale.web.navigation import ACCOUNTS, link
from ale.web.pages import record_pages

bp = Blueprint("estate", __name__)
record_pages(bp, records.Location, "locations")
record_pages(bp, records.AccountAddress, "addresses")
record_pages(bp, records.AccountRelationship, "account-relationships")
record_pages(bp, records.Product, "products")
record_pages(bp, records.Contract, "contracts")
record_pages(bp, records.SoldProduct, "sold-products")
record_pages(bp, records.InstallBaseItem, "install-base")
record_pages(bp, records.InstalledProduct, "installed-products")
record_pages(bp, records.Entitlement, "entitlements")

for place, (label, slug, icon, record_type) in enumerate(
    (
        (Label("Locations", "Emplacements"), "locations", "map-pin", records.Location),
        (Label("Contracts", "Contrats"), "contracts", "file-spreadsheet", records.Contract),
        (Label("Products", "Produits"), "products", "briefcase", records.Product),
        (Label("Sold products", "Produits vendus"), "sold_products", "briefcase", records.SoldProduct),
        (Label("Install base", "Base installée"), "install_base", "settings", records.InstallBaseItem),
        (Label("Entitlements", "Droits au service"), "entitlements", "shield-check", records.Entitlement),
    )
):
    link(ACCOUNTS, 30 + place, label, f"estate.{slug}_list", icon, reads=record_type)
