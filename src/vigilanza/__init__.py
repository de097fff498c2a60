"""Vigilanza: watches the sealed doors of empty public-housing flats and brings every alert to those who must act."""

__version__ = "0.1.0"
