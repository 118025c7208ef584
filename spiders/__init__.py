"""Scrapy spiders, one per site; installed as `radcurate.spiders`. None has landed yet."""
