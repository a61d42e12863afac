"""Bulk export by period: one file a day, resumable, with a manifest of hashes."""
