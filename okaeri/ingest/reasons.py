"""Every reason a file, row or cell is refused for: English sentences, translated where they are shown."""

from __future__ import annotations

# The file as a whole.
EMPTY_FILE = "The file is empty."
NO_ROWS = "The file has a header but no rows."
ZIP_FILE = "This is a zip archive, not a text file; unpack it first."
BINARY_FILE = "This is not a text file: it holds zero bytes."
NOT_DECODABLE = "The text is neither UTF-8 nor cp932 (Shift_JIS) from this byte on."
LONG_LINE = "A line is longer than 1 MB; this is not a table."
TOO_MANY_COLUMNS = "The file has more than 1,000 columns; this is not a table of orders."
UNCLOSED_QUOTE = "A quoted cell that starts in this row does not end where it should; the file may be cut off."
CUT_OFF = "The file ends in the middle of this row; it looks cut off."
NOT_READABLE = "The file cannot be read as a table of text."
FORMULA = "The cell holds a formula; a shop's export never does."
MISSING_COLUMN = "The file lacks this column."
SHIPPING_FILE = "This looks like EC-CUBE's shipping file (配送CSV); export the order file (受注CSV) instead."

# A row.
TOO_FEW_CELLS = "The row has fewer cells than the header."
TOO_MANY_CELLS = "The row has more cells than the header."
SAME_ORDER = "The order has another row with this bad cell."
REPEATED_KEY = "Two rows have the same key and different content."
NO_ORDER = "The line belongs to no order of this file."
CONFLICT = "The order stands in the file more than once, and not alike."

# A cell.
NOT_AMOUNT = "This is not an amount."
NOT_INTEGER = "This is not a whole number."
NOT_TIME = "This is not a date and time."
NOT_DATE = "This is not a date."
DAMAGED_ID = "A spreadsheet has rounded this number; export the file again."
MISSING = "This must not be empty."
NOT_A_CHOICE = "This is not one of the allowed values."
OUT_OF_RANGE = "The date lies outside 1990 to 2100."
BELOW_NOTHING = "Fewer than 0 pieces; the mapping says that this cannot be."
NOT_A_SHARE = "A rating must lie between 0 and 1."
NOT_A_MAP = "This is not a JSON object."
