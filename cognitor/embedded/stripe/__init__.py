"""A payment sandbox that speaks Stripe's HTTP API for what Cognitor asks of it. No money moves, no network is left.

It keeps customers, prices, payments, subscriptions and invoices in one file, charges test cards as Stripe's test mode
does (they decline and ask for authentication alike), and delivers signed webhooks. Objects have the members and names
that Stripe documents, as many as are read here. Needs no Django.
"""
