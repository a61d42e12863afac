"""Assessment: measures counted from one narrow row an order, exclusions by two people, frozen periods, reports."""
