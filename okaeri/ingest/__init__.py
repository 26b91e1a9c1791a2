"""A shop's files become canonical facts. Each source renames once, at the door; nothing later knows a vendor's word."""
