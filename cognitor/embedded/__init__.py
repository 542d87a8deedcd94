"""The servers that `manage.py serve` brings along, and what runs them. Needs no Django."""
