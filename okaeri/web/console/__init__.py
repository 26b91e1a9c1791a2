"""What the people of a shop work with. Each page is a module of :mod:`okaeri.web.console.pages` and a line of PAGES."""
