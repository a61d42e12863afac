"""OASIS CAP 1.2: an order in danger as an alert for other systems, and their alerts taken in as matters."""
