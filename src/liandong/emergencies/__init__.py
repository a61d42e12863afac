"""Emergencies: one event over many matters and centres, with its level, run card, broadcasts, tasks, log, reports, review and drills."""
