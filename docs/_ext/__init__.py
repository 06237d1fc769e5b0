"""What makes the site: the pages of the reference, the chart of the first page, links between pages."""
