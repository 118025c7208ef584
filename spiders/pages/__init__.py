"""Page objects: one class a kind of page, one field a fact, the selector beside it. They know nothing of crawling."""
