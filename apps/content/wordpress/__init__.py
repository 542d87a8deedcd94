"""Reading a WordPress export (WXR 1.0 to 1.2) into plain values: no Django, no database, no network.

`parser.read(path)` checks the whole file once and gives an `Export` whose items are read again from the file on
each pass, so memory stays that of one item. Hostile XML raises `HostileExport`, anything else that cannot be read
`UnreadableExport`; nothing is half read in silence.
`statuses.outcome_for(item)` says what an item becomes here, and why when it is not what WordPress had.
`slugs.decode_slug(slug)` makes WordPress's percent signs readable letters; items come with theirs decoded.
`markup` turns the HTML that WordPress stores into Markdown, finds the images it shows, and points moved files at
their new addresses. Every value comes from a stranger's file: URLs are text here, to be judged before any fetch.
"""
