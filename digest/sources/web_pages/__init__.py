"""Saved web pages: the data in the page, or else what is visible; one paper's page; arXiv's lists."""
