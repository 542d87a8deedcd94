import pytest

from apps.analytics.tests import factories


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    factories.fresh()
