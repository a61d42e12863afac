"""How fast the product is, measured on one machine in one run: `python -m bench` prints a table and writes JSON."""
