"""Dispatching inside a centre: working modes, lead and co-handlers, designation, recall, hand-over, many orders at once."""
