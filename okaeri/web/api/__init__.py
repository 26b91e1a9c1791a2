"""The HTTP API: measured tables and customers out, orders, customers, events and voices in."""
