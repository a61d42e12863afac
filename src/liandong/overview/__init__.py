"""What is going on, at a glance: live counts, districts, clocks at risk, hand-overs; every number opens to its orders."""
