"""An optional large model inside the city's network writes drafts. Nothing needs it, it decides nothing, and a person writes what is sent."""
