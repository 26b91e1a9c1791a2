"""What every part of okaeri agrees on: tables, settings and errors."""
