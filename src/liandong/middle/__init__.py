"""The exchange database (中间库): tables through which a system that only speaks SQL joins. Rows become the commands that people give, and events become rows."""
