"""Flat illustrations of one stretch of coast, drawn by arithmetic."""
