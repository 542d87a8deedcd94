"""How likely a sign-up is not a person's: a score of 0 to 100 with its reasons. It never asks whether the address is
known, so that the answer cannot tell."""

import datetime
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils import timezone
from django.utils.crypto import salted_hmac

from apps.accounts.models import SignupAssessment

BLOCKED_ABOVE = 80
WINDOW = datetime.timedelta(hours=1)
# Many people share these, so many sign-ups from one of them say nothing.
_PROVIDERS = frozenset(
    {"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "proton.me"}
    | {"gmx.de", "gmx.net", "web.de", "aol.com", "protonmail.com", "me.com", "mail.ru", "qq.com", "163.com"}
)


@dataclass(frozen=True, slots=True)
class Assessment:
    score: int
    reasons: tuple[str, ...]

    @property
    def blocked(self) -> bool:
        return self.score > BLOCKED_ABOVE


def assess(*, email: str, network: str) -> Assessment:
    """Judges a sign-up by its address and by how many came from the same network, domain and address in an hour."""
    local, _, domain = email.rpartition("@")
    recent = SignupAssessment.objects.filter(created_at__gt=timezone.now() - WINDOW)
    of_network = recent.filter(network=network).count()
    of_domain = 0 if domain in _PROVIDERS else recent.filter(domain=domain).count()
    of_address = recent.filter(domain=domain, email_hash=digest(email)).count()
    points = {
        "disposable_domain": 90 if is_disposable(domain) else 0,
        "network_velocity": 90 if of_network >= 8 else 40 if of_network >= 3 else 0,
        "domain_velocity": 90 if of_domain >= 20 else 40 if of_domain >= 5 else 0,
        "address_repeated": 30 if of_address >= 2 else 0,
        "many_digits": 15 if len(re.findall(r"\d", local)) >= 5 else 0,
        "tagged_address": 10 if "+" in local else 0,
    }
    return Assessment(min(100, sum(points.values())), tuple(reason for reason, found in points.items() if found))


def record(
    found: Assessment, *, email: str, address: str, network: str, outcome: SignupAssessment.Outcome
) -> SignupAssessment:
    return SignupAssessment.objects.create(
        email_hash=digest(email),
        domain=email.rpartition("@")[2],
        address=address,
        network=network,
        score=found.score,
        reasons=list(found.reasons),
        outcome=outcome,
    )


def is_disposable(domain: str) -> bool:
    labels = domain.split(".")
    return any(".".join(labels[start:]) in _disposable() for start in range(len(labels)))


def digest(email: str) -> str:
    """Of an address, keyed: who reads the table cannot try addresses on it."""
    return salted_hmac("apps.accounts.signup", email, algorithm="sha256").hexdigest()


@cache
def _disposable() -> frozenset[str]:
    lines = (Path(__file__).parents[1] / "disposable.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
