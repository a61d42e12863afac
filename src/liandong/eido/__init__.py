"""NENA EIDO (NENA-STA-021.1b): an order as an emergency incident data object."""
