"""Delivery: anonymous reads answered from finished bytes, in front of Django.

An app declares with `@operation(…, delivered=…)` the function that reads an answer, and says with `touch(tags)` that
what was delivered under these tags is another now. `Lane` is the WSGI callable in between. What it keeps is held
against `Generations`: when each tag was last touched, in memory that all processes of a host share.
"""

from apps.core.delivery.answer import Answer
from apps.core.delivery.kept import Kept
from apps.core.delivery.touching import touch

__all__ = ["Answer", "Kept", "touch"]
