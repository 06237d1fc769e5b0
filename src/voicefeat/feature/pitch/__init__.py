"""Fundamental frequency and voicing."""
