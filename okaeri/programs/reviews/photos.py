"""Photos as customers send them, made harmless: decoded, turned upright, made small, and written anew without anything
the camera noted (place, time, owner)."""

from __future__ import annotations

import hashlib
import os
import threading
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

MOST_BYTES = 10_000_000
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 1600
KINDS = ("JPEG", "PNG", "WEBP")
FOLDER = "photos"
#: One photo at a time per process: a large one takes 150 MB while it is decoded.
_decoding = threading.Lock()


class NotAPhoto(Exception):
    """The file is refused; the sentence says why in the user's language."""


def harmless(file: BinaryIO, size: int) -> bytes:
    """The photo as a JPEG of at most 1600 pixels a side; raises NotAPhoto."""
    if size > MOST_BYTES:
        raise NotAPhoto(_("The photo is larger than 10 MB. Please send a smaller one."))
    try:
        with Image.open(file, formats=KINDS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise NotAPhoto(_("The photo has too many pixels. Please send a smaller one."))
            with _decoding:
                return _written(image)
    except Image.DecompressionBombError as error:
        raise NotAPhoto(_("The photo has too many pixels. Please send a smaller one.")) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise NotAPhoto(_("This file is not a photo okaeri can read. Please send JPEG, PNG or WebP.")) from error


def _written(image: Image.Image) -> bytes:
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    ground = Image.new("RGB", upright.size, "white")
    clear = upright.convert("RGBA")
    ground.paste(clear, mask=clear)
    out = BytesIO()
    ground.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()


def kept(content: bytes, folder: Path) -> str:
    """Write a photo under the shop's folder, whole or not at all; returns its name, the same for the same photo."""
    name = hashlib.sha256(content).hexdigest()[:40] + ".jpg"
    place = folder / FOLDER / name
    place.parent.mkdir(exist_ok=True)
    partial = place.with_name(f"{name}.{os.getpid()}-{threading.get_ident()}.partial")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(place)
    return name
