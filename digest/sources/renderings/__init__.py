"""The listing page as other programs render it: Markdown, numbered links, bare URLs, text browsers.

Text becomes parts, parts become cards (one for each paper), cards become a page.
"""
