"""Distances on the globe."""

from math import asin, cos, radians, sin, sqrt

EARTH = 6_371_000.0  # metres


def metres(lon: float, lat: float, lon_there: float, lat_there: float) -> float:
    """Metres in a straight line (haversine) between two places given in degrees of one system."""
    north, east = radians(lat_there - lat), radians(lon_there - lon)
    half = sin(north / 2) ** 2 + cos(radians(lat)) * cos(radians(lat_there)) * sin(east / 2) ** 2
    return 2 * EARTH * asin(sqrt(half))
