"""Releases: written, described by a manifest, verified, explained."""
