"""The report as a page: one file that needs no network, readable without scripts, filterable with them."""
