"""Small things that know nothing of okaeri: money, periods, ids, text."""
