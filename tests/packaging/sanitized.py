"""`make sanitize` runs this with the rest: the tests of an extension without a sanitizer in it
would pass just as well.
"""

import subprocess
import sys
from pathlib import Path

from glassnet import _native


def test_the_extension_that_is_loaded_has_the_sanitizers_in_it() -> None:
    assert Path(_native.__file__).is_relative_to(sys.prefix)
    symbols = subprocess.run(
        ["nm", "--dynamic", _native.__file__], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "__asan_init" in symbols
    assert any(
        symbol.startswith("__ubsan_handle") and symbol.endswith("_abort") for symbol in symbols
    )
