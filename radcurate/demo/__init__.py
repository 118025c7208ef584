"""The embedded corpus: chest X-ray reports written for this project (CC0)."""
