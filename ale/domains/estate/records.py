"""Places, products, contracts, sold products, install base and entitlements of an account."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Mapped

from ale.domains.accounts.records import CUSTOMER, of_own_account
from ale.domains.estate import rules
from ale.domains.people.records import STAFF
from ale.foundation.choice import Choice
from ale.foundation.db import Separated
from ale.foundation.field import field, reference
from ale.foundation.label import Label
from ale.foundation.record import Access, Record, Section, Sheet

KEEPERS = ("sn_customerservice_agent", "sn_acct_lc.agent")
ACCESS = Access(read=STAFF, create=KEEPERS, write=KEEPERS, delete=("admin",))


class Location(Separated, Record):
    """A place of an account."""

    __tablename__ = "cmn_location"

    name: Mapped[str] = field("Name", "Nom", max_length=100)
    street: Mapped[str | None] = field("Street", "Rue", long=True)
    city: Mapped[str | None] = field("City", "Ville", max_length=100)
    state: Mapped[str | None] = field("State / province", "État / province", max_length=80)
    zip: Mapped[str | None] = field("Postal code", "Code postal", max_length=20)
    country: Mapped[str | None] = field("Country", "Pays", max_length=80)
    parent: Mapped[str | None] = reference("Parent", "Parent", to="cmn_location", within="account")
    account: Mapped[str | None] = reference("Account", "Compte", to="customer_account")
    latitude: Mapped[Decimal | None] = field("Latitude", "Latitude")
    longitude: Mapped[Decimal | None] = field("Longitude", "Longitude")
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Location", "Emplacement"), plural=Label("Locations", "Emplacements"), display="name",
        columns=("name", "city", "country", "account"), order="name", filters=("account", "country", "active"),
        search=("name", "city"),
        form=(
            Section.of("Location", "Emplacement", "name", "account", "parent", "active"),
            Section.of("Address", "Adresse", "street", "zip", "city", "state", "country", "latitude", "longitude"),
        ),
        access=ACCESS, domain_of="account", unique=(("account", "name"),), icon="home",
    )  # fmt: skip


class AddressType(Choice):
    PRIMARY = "primary", "Primary", "Principale"
    BILLING = "billing", "Billing", "Facturation"
    SHIPPING = "shipping", "Shipping", "Livraison"
    OTHER = "other", "Other", "Autre"


class AccountAddress(Separated, Record):
    """Which place serves an account for what."""

    __tablename__ = "account_address_relationship"

    account: Mapped[str] = reference("Account", "Compte", to="customer_account")
    location: Mapped[str] = reference("Location", "Emplacement", to="cmn_location", within="account")
    type: Mapped[AddressType] = field("Type", "Type", default=AddressType.PRIMARY)
    is_primary: Mapped[bool] = field("Primary", "Principale", default=False)

    __sheet__ = Sheet(
        label=Label("Account address relationship", "Relation adresse-compte"),
        plural=Label("Account address relationships", "Relations adresse-compte"), display="location",
        columns=("account", "location", "type", "is_primary"), filters=("account", "type"),
        form=(Section.of("Address", "Adresse", "account", "location", "type", "is_primary"),),
        access=ACCESS, unique=(("account", "location", "type"),), domain_of="account", icon="home",
    )  # fmt: skip


class RelationType(Choice):
    PARENT = "parent", "Parent", "Parent"
    PARTNER = "partner", "Partner", "Partenaire"
    MANAGED_BY = "managed_by", "Managed by", "Géré par"


class AccountRelationship(Separated, Record):
    """How two accounts belong together."""

    __tablename__ = "sn_customerservice_account_relationship"

    from_account: Mapped[str] = reference("From account", "Compte d’origine", to="customer_account")
    to_account: Mapped[str] = reference("To account", "Compte lié", to="customer_account")
    type: Mapped[RelationType] = field("Type", "Type", default=RelationType.PARTNER)

    __sheet__ = Sheet(
        label=Label("Account relationship", "Relation entre comptes"),
        plural=Label("Account relationships", "Relations entre comptes"), display="type",
        columns=("from_account", "to_account", "type"), filters=("type",),
        form=(Section.of("Relationship", "Relation", "from_account", "to_account", "type"),),
        access=ACCESS, check=(rules.accounts_differ,), unique=(("from_account", "to_account", "type"),),
        domain_of="from_account", icon="workflow",
    )  # fmt: skip


class Product(Record):
    """A product model of the provider."""

    __tablename__ = "cmdb_model"

    name: Mapped[str] = field("Name", "Nom", max_length=100)
    manufacturer: Mapped[str | None] = field("Manufacturer", "Fabricant", max_length=100)
    description: Mapped[str | None] = field("Description", "Description", long=True)
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Product model", "Modèle de produit"), plural=Label("Product models", "Modèles de produit"),
        display="name", columns=("name", "manufacturer", "description"), order="name",
        filters=("active",), search=("name",),
        form=(Section.of("Product", "Produit", "name", "manufacturer", "description", "active"),), access=ACCESS,
        unique=(("name",),), icon="briefcase",
    )  # fmt: skip


class ContractState(Choice):
    DRAFT = "draft", "Draft", "Brouillon"
    ACTIVE = "active", "Active", "Actif"
    EXPIRED = "expired", "Expired", "Expiré"
    CANCELED = "canceled", "Canceled", "Annulé"


class Contract(Separated, Record):
    """What an account signed."""

    __tablename__ = "ast_contract"

    number: Mapped[str] = field("Number", "Numéro", max_length=40, read_only=True)
    short_description: Mapped[str] = field("Short description", "Description brève", max_length=160)
    account: Mapped[str] = reference("Account", "Compte", to="customer_account")
    starts: Mapped[date | None] = field("Start date", "Date de début")
    ends: Mapped[date | None] = field("End date", "Date de fin")
    value: Mapped[Decimal] = field("Contract value", "Valeur du contrat", default=Decimal(0), format="currency")
    currency: Mapped[str] = field("Currency", "Devise", max_length=3, default="USD")
    state: Mapped[ContractState] = field("State", "État", default=ContractState.ACTIVE)
    vendor_reference: Mapped[str | None] = field("Reference", "Référence", max_length=100)

    __sheet__ = Sheet(
        label=Label("Contract", "Contrat"), plural=Label("Contracts", "Contrats"), display="number", prefix="CNTR",
        columns=("number", "short_description", "account", "starts", "ends", "value", "state"),
        filters=("account", "state"), search=("number", "short_description"),
        form=(
            Section.of("Contract", "Contrat", "number", "short_description", "account", "state", "vendor_reference"),
            Section.of("Term and value", "Durée et valeur", "starts", "ends", "value", "currency"),
        ),
        access=ACCESS, check=(rules.ends_after_it_starts("starts", "ends"),), domain_of="account",
        icon="file-spreadsheet",
    )  # fmt: skip


class SoldProduct(Separated, Record):
    """A product that an account bought."""

    __tablename__ = "sn_install_base_sold_product"

    number: Mapped[str] = field("Number", "Numéro", max_length=40, read_only=True)
    name: Mapped[str] = field("Name", "Nom", max_length=100, customer=True)
    product: Mapped[str | None] = reference("Product", "Produit", to="cmdb_model", customer=True)
    account: Mapped[str] = reference("Account", "Compte", to="customer_account")
    contract: Mapped[str | None] = reference("Contract", "Contrat", to="ast_contract", within="account")
    quantity: Mapped[int] = field("Quantity", "Quantité", default=1, minimum=0)
    start_date: Mapped[date | None] = field("Start date", "Date de début")
    end_date: Mapped[date | None] = field("End date", "Date de fin")

    __sheet__ = Sheet(
        label=Label("Sold product", "Produit vendu"), plural=Label("Sold products", "Produits vendus"), display="name",
        prefix="SP", columns=("number", "name", "product", "account", "quantity", "start_date", "end_date"),
        order="name", filters=("account", "product"), search=("number", "name"),
        form=(
            Section.of("Sold product", "Produit vendu", "number", "name", "product", "account", "contract"),
            Section.of("Quantity and term", "Quantité et durée", "quantity", "start_date", "end_date"),
        ),
        access=Access(
            read=STAFF, create=KEEPERS, write=KEEPERS, delete=("admin",), customer_read=CUSTOMER,
            rows=of_own_account("account"),
        ),
        check=(rules.ends_after_it_starts("start_date", "end_date"),), domain_of="account", icon="briefcase",
    )  # fmt: skip


class InstallState(Choice):
    IN_USE = "in_use", "In use", "En service"
    RETIRED = "retired", "Retired", "Retiré"


class InstallBaseItem(Separated, Record):
    """Something installed at a customer."""

    __tablename__ = "sn_install_base_item"

    number: Mapped[str] = field("Number", "Numéro", max_length=40, read_only=True)
    name: Mapped[str] = field("Name", "Nom", max_length=100)
    account: Mapped[str] = reference("Account", "Compte", to="customer_account")
    product: Mapped[str | None] = reference("Product", "Produit", to="cmdb_model")
    serial_number: Mapped[str | None] = field("Serial number", "Numéro de série", max_length=100)
    location: Mapped[str | None] = reference("Location", "Emplacement", to="cmn_location", within="account")
    parent: Mapped[str | None] = reference("Parent", "Parent", to="sn_install_base_item", within="account")
    install_date: Mapped[datetime | None] = field("Installed on", "Installé le")
    state: Mapped[InstallState] = field("Status", "Statut", default=InstallState.IN_USE)

    __sheet__ = Sheet(
        label=Label("Install base item", "Élément de la base installée"),
        plural=Label("Install base items", "Éléments de la base installée"), display="name", prefix="IB",
        columns=("number", "name", "product", "serial_number", "account", "location", "state"), order="name",
        filters=("account", "product", "state"), search=("number", "name", "serial_number"),
        form=(
            Section.of("Item", "Élément", "number", "name", "product", "serial_number", "parent"),
            Section.of("Where and when", "Où et quand", "account", "location", "install_date", "state"),
        ),
        access=ACCESS, domain_of="account", icon="settings",
    )  # fmt: skip


class InstalledProduct(Separated, Record):
    """Which sold product an installed item realises."""

    __tablename__ = "sn_install_base_m2m_installed_product"

    install_base_item: Mapped[str] = reference(
        "Install base item", "Élément de la base installée", to="sn_install_base_item"
    )
    sold_product: Mapped[str] = reference("Sold product", "Produit vendu", to="sn_install_base_sold_product")
    quantity: Mapped[int] = field("Quantity", "Quantité", default=1, minimum=0)

    __sheet__ = Sheet(
        label=Label("Install base - sold product", "Base installée - produit vendu"),
        plural=Label("Install base - sold products", "Base installée - produits vendus"), display="install_base_item",
        columns=("install_base_item", "sold_product", "quantity"),
        form=(Section.of("Link", "Lien", "install_base_item", "sold_product", "quantity"),),
        access=ACCESS, unique=(("install_base_item", "sold_product"),), domain_of="install_base_item", icon="workflow",
    )  # fmt: skip


class EntitlementUnit(Choice):
    CASE = "case", "Case", "Dossier"
    HOUR = "hour", "Hour", "Heure"


class Entitlement(Separated, Record):
    """What support an account has a right to."""

    __tablename__ = "service_entitlement"

    number: Mapped[str] = field("Number", "Numéro", max_length=40, read_only=True)
    name: Mapped[str] = field("Name", "Nom", max_length=100)
    account: Mapped[str] = reference("Account", "Compte", to="customer_account")
    contract: Mapped[str | None] = reference("Contract", "Contrat", to="ast_contract", within="account")
    product: Mapped[str | None] = reference("Product", "Produit", to="cmdb_model")
    per_unit: Mapped[EntitlementUnit] = field("Unit", "Unité", default=EntitlementUnit.CASE)
    total_units: Mapped[Decimal | None] = field("Total units", "Unités totales")
    start_date: Mapped[date | None] = field("Start date", "Date de début")
    end_date: Mapped[date | None] = field("End date", "Date de fin")

    __sheet__ = Sheet(
        label=Label("Service entitlement", "Droit au service"),
        plural=Label("Service entitlements", "Droits au service"), display="name",
        prefix="ENTL", order="name", filters=("account", "product"), search=("number", "name"),
        columns=("number", "name", "account", "product", "total_units", "per_unit", "end_date"),
        form=(
            Section.of("Entitlement", "Droit", "number", "name", "account", "contract", "product"),
            Section.of("Amount and term", "Quantité et durée", "per_unit", "total_units", "start_date", "end_date"),
        ),
        access=ACCESS, check=(rules.ends_after_it_starts("start_date", "end_date"),), domain_of="account",
        icon="shield-check",
    )  # fmt: skip
