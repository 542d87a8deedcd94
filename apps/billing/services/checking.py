"""Whether the ledger is true: what is derived of the entries is compared with them, by the database."""

from django.db import connection

# Each selects what is wrong, as (tenant, what); nothing when all is well. %(tenant)s is null for all tenants.
_CHECKS = {
    "transaction that does not sum to zero": """
        SELECT tenant_id, transaction_id FROM public.billing_entry WHERE {mine}
        GROUP BY tenant_id, transaction_id, lot_id HAVING sum(amount) <> 0""",
    "transaction without entries": """
        SELECT tenant_id, id FROM public.billing_transaction t WHERE {mine}
        AND NOT EXISTS (SELECT FROM public.billing_entry e WHERE e.transaction_id = t.id)""",
    "transaction whose change is not that of its entries": """
        SELECT t.tenant_id, t.id FROM public.billing_transaction t
        JOIN public.billing_entry e ON e.transaction_id = t.id WHERE {mine_t}
        GROUP BY t.id HAVING t.change <> coalesce(sum(e.amount) FILTER (WHERE account IN ('available', 'held')), 0)""",
    "entry of another tenant than its transaction or lot": """
        SELECT e.tenant_id, e.id FROM public.billing_entry e
        JOIN public.billing_transaction t ON t.id = e.transaction_id JOIN public.billing_lot l ON l.id = e.lot_id
        WHERE {mine_e} AND (e.tenant_id <> t.tenant_id OR e.tenant_id <> l.tenant_id)""",
    "balance that is not that of the entries": """
        SELECT coalesce(b.tenant_id, e.tenant_id), coalesce(b.tenant_id, e.tenant_id)
        FROM (SELECT * FROM public.billing_balance WHERE {mine}) b FULL JOIN (
          SELECT tenant_id, coalesce(sum(amount) FILTER (WHERE account = 'available'), 0) AS available,
            coalesce(sum(amount) FILTER (WHERE account = 'held'), 0) AS held
          FROM public.billing_entry WHERE {mine} GROUP BY tenant_id) e ON e.tenant_id = b.tenant_id
        WHERE coalesce(b.available, 0) <> coalesce(e.available, 0) OR coalesce(b.held, 0) <> coalesce(e.held, 0)""",
    "negative balance": """
        SELECT tenant_id, tenant_id FROM public.billing_balance WHERE {mine} AND (available < 0 OR held < 0)""",
    "lot whose rest is not that of its entries": """
        SELECT l.tenant_id, l.id FROM public.billing_lot l
        LEFT JOIN public.billing_entry e ON e.lot_id = l.id AND e.account = 'available' WHERE {mine_l}
        GROUP BY l.id HAVING l.remaining <> coalesce(sum(e.amount), 0)""",
    "open hold that does not hold its amount, or ended one that holds": """
        SELECT h.tenant_id, h.id FROM public.billing_hold h
        LEFT JOIN public.billing_transaction t ON t.hold_id = h.id
        LEFT JOIN public.billing_entry e ON e.transaction_id = t.id AND e.account = 'held' WHERE {mine_h}
        GROUP BY h.id
        HAVING coalesce(sum(e.amount), 0) <> CASE h.state WHEN 'open' THEN h.amount ELSE 0 END""",
    "hold that was charged other than it says": """
        SELECT h.tenant_id, h.id FROM public.billing_hold h
        LEFT JOIN public.billing_transaction t ON t.hold_id = h.id
        LEFT JOIN public.billing_entry e ON e.transaction_id = t.id AND e.account = 'spent' WHERE {mine_h}
        GROUP BY h.id HAVING coalesce(sum(e.amount), 0) <> h.charged""",
    "counter of this month that is not what was spent and held": """
        SELECT s.tenant_id, s.id FROM public.billing_spending s LEFT JOIN public.billing_hold h
          ON h.tenant_id = s.tenant_id AND date_trunc('month', h.created_at AT TIME ZONE 'UTC')::date = s.start
        WHERE {mine_s} AND s.scope = 'tenant' AND s.period = 'month'
        AND s.start = date_trunc('month', now() AT TIME ZONE 'UTC')::date
        GROUP BY s.id
        HAVING s.used <> coalesce(sum(CASE h.state WHEN 'open' THEN h.amount ELSE h.charged END), 0)""",
}


def faults(tenant_id: int | None = None, most: int = 100) -> list[str]:
    """Sentences about what is wrong, in the ledger of a tenant or of all; empty when it is true."""
    found = []
    mine = {
        f"mine_{letter}".rstrip("_"): f"(%(tenant)s::bigint IS NULL OR {letter and letter + '.'}tenant_id = %(tenant)s)"
        for letter in ("", *"tlehs")
    }
    with connection.cursor() as cursor:
        for what, sql in _CHECKS.items():
            cursor.execute(f"{sql.format(**mine)} LIMIT %(most)s", {"tenant": tenant_id, "most": most})
            found += [f"tenant {tenant}: {what} ({key})" for tenant, key in cursor.fetchall()]
    return found
