"""Scrapy spiders, page objects and the store of what a crawl was answered; installed as `radcurate.spiders`."""
