"""The city's units: their tree, what each has to do, who is on duty, and what became of those that ended."""
