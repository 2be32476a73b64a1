"""Who acts: passed to every read and write, never looked up behind their back."""

from dataclasses import dataclass, replace

ROOT_DOMAIN = "TOP"


@dataclass(frozen=True, slots=True)
class Actor:
    """A user, or the application itself, with what decides its rights.

    `roles` is the closure of the granted ones; `account` and `contact` are set for customers; `via` is the way the
    change came (form, api, playbook, play, rule, import, undo, job), kept in the history, and so is `change_set`: what
    the change is part of, so that it can be taken back with the rest.
    """

    id: str
    name: str
    domain: str
    roles: frozenset[str] = frozenset()
    account: str | None = None
    contact: str | None = None
    language: str = "en"
    theme: str = "auto"
    time_zone: str = "UTC"
    is_system: bool = False
    via: str = "form"
    change_set: str | None = None

    def has(self, *roles: str) -> bool:
        """Whether one of `roles` is held; "*" is anybody logged on; an administrator and the application hold all."""
        return self.is_system or "admin" in self.roles or "*" in roles or not self.roles.isdisjoint(roles)

    @property
    def is_customer(self) -> bool:
        return self.account is not None

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.name.split()[:2]).upper()

    def through(self, via: str) -> "Actor":
        """The same actor on another way, e.g. `by.through("import")`."""
        return replace(self, via=via)

    def as_part_of(self, change_set: str) -> "Actor":
        """The same actor whose changes belong together, e.g. to one publication."""
        return replace(self, change_set=change_set)

    def for_system(self) -> "Actor":
        """What follows by itself from this actor's deed: the same name in the history, the application's rights."""
        return replace(self, is_system=True, via="rule")

    @classmethod
    def system(cls, domain: str = ROOT_DOMAIN) -> "Actor":
        """The application acting by itself inside `domain`."""
        return cls(id="system", name="ALE", domain=domain, is_system=True, via="job")
