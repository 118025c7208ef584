"""Readings of the same pages with other libraries, written as their documentation writes them."""
