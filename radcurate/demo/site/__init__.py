"""The demo site: articles and cases written for this project, served in the markup that real sites have.

    python -m radcurate.demo.site.server --port 8000

`articles/` and `cases/` hold the texts, `noise.toml` what the templates put around and into them, `site.toml` the rest.
"""
