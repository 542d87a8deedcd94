from typing import Any

from django.http import StreamingHttpResponse
from rest_framework.request import Request

from apps.billing import errors, exports, selectors, services
from apps.billing.models import Transaction
from apps.billing.serializers import (
    ExportQuery,
    ReverseIn,
    SummaryOut,
    SummaryQuery,
    TransactionOut,
    TransactionQuery,
    TransactionWithEntriesOut,
)
from apps.core.cursors import CursorPage, cursor_page_of
from apps.core.errors import NotFound
from apps.core.operation import operation
from apps.core.viewsets import OperationViewSet
from apps.sites.viewsets import TenantViewSet


class TransactionsViewSet(TenantViewSet):
    """The ledger of the caller's tenant."""

    category = "billing"

    @operation(
        "transactions_list",
        allow="billing.read",
        rate="read",
        gives=TransactionOut,
        query=TransactionQuery,
        refuses=[NotFound],
    )
    def list(self, request: Request) -> CursorPage:
        """Lists the tenant's transactions, newest first, as `{items, next}`: `next` is the cursor of what follows."""
        return cursor_page_of(selectors.transactions(request.actor.tenant_id, request.q), request.q)

    @operation("transactions_get", allow="billing.read", rate="read", gives=TransactionWithEntriesOut)
    def retrieve(self, request: Request, transaction_id: int) -> Transaction:
        """One transaction with its entries, which sum to zero."""
        return selectors.transaction_for(request.actor.tenant_id, transaction_id)

    @operation(
        "transactions_summary",
        allow="billing.read",
        rate="read",
        gives=SummaryOut,
        query=SummaryQuery,
        refuses=[NotFound],
    )
    def summary(self, request: Request) -> dict[str, Any]:
        """Credits that came and went by day, kind, site, agent, model or operation; by default of thirty days."""
        return selectors.summary(request.actor.tenant_id, request.q)

    @operation(
        "transactions_export",
        allow="billing.read",
        rate="read",
        timeout="export",
        query=ExportQuery,
        idempotent=False,
        media_types=["text/csv"],
        refuses=[NotFound],
    )
    def export(self, request: Request) -> StreamingHttpResponse:
        """The tenant's transactions as CSV, newest first. A cell that a spreadsheet would run begins with `'`."""
        rows = selectors.transactions(request.actor.tenant_id, request.q)
        response = StreamingHttpResponse(exports.lines(rows), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="transactions.csv"'
        return response


class ReversalsViewSet(OperationViewSet):
    """Counter-entries, made by those who run the installation."""

    category = "billing"

    @operation(
        "transactions_reverse",
        allow="platform.billing",
        rate="write",
        takes=ReverseIn,
        gives=TransactionOut,
        status=201,
        effects="rows",
        refuses=[errors.TransactionReversed, errors.TransactionIrreversible, errors.CreditsLacking],
    )
    def reverse(self, request: Request, transaction_id: int) -> Transaction:
        """Writes the counter-entry of any tenant's transaction, once; a row of the ledger is never edited."""
        reason = request.valid["reason"]
        return services.ledger.reverse(actor=request.actor, transaction_id=transaction_id, reason=reason)
