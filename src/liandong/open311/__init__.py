"""Open311 GeoReport v2: the services that a centre offers, and matters handed in and followed by existing 311 clients."""
