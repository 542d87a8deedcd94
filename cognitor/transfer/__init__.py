"""A site on its way: out of a tenant as one zip (`export`), into the same or another one (`arrival`, by a `plan`).

`tables` says what belongs to a site, `rewriting` where ids stand in its rows. A digest (`tables.digests`) names rows by
what they were called where they came from, so that a site is the same wherever it is and whatever ids it has there.
"""
