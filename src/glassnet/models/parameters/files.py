"""Files of weights and biases: what each holds, by its ending."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from glassnet.errors import GlassnetError, visible
from glassnet.files import check_regular_file
from glassnet.models.parameters.found import FoundNetwork, unusable
from glassnet.models.parameters.r_text import read_r_text
from glassnet.models.parameters.rows import read_rows

MOST_PACKED_BYTES = 2**30  # of a file, and of what is packed into it
NUMBER_TYPES = ("F64", "F32", "F16", "I64", "I32", "I16", "I8", "U8")
"""The types of numbers in a safetensors file that NumPy has."""
TO_PYTORCH = "in PyTorch write safetensors.torch.save_file(model.state_dict(), 'model.safetensors')"
TO_KERAS = "in Keras write numpy.savez('model.npz', *model.get_weights())"
REFUSED = {
    ".pt": ("can run code when it is opened", TO_PYTORCH),
    ".pth": ("can run code when it is opened", TO_PYTORCH),
    ".ckpt": ("can run code when it is opened", TO_PYTORCH),
    ".bin": ("can run code when it is opened", TO_PYTORCH),
    ".pkl": ("can run code when it is opened", "write its arrays with numpy.savez"),
    ".joblib": ("can run code when it is opened", "write its arrays with numpy.savez"),
    ".keras": ("is not read", TO_KERAS),
    ".h5": ("is not read", TO_KERAS),
    ".hdf5": ("is not read", TO_KERAS),
    ".onnx": ("is not read", "write its arrays with numpy.savez"),
    ".rds": ("is not read", "in R write dput(weights) into a file that ends with .R"),
    ".rda": ("is not read", "in R write dput(weights) into a file that ends with .R"),
    ".rdata": ("is not read", "in R write dput(weights) into a file that ends with .R"),
}
"""Ending -> why a file that is often asked for is not opened, and what to do."""


def read_file(path: Path) -> list[FoundNetwork]:
    """The networks that a file holds, one or more.

    Raises GlassnetError, naming what in it, where it holds none.
    """
    ending = path.suffix.lower()
    if ending in REFUSED:
        message, remedy = REFUSED[ending]
        raise GlassnetError(f"a file of {ending} {message}", remedy=remedy)
    if not path.exists():
        raise GlassnetError("no such file")
    check_regular_file(path)
    if path.stat().st_size > MOST_PACKED_BYTES:
        raise GlassnetError(f"is larger than {MOST_PACKED_BYTES:,} bytes")
    if ending == ".npz":
        return [_read_npz(path)]
    if ending == ".safetensors":
        return [_read_safetensors(path)]
    if ending == ".csv":
        return read_rows(_text(path))
    if ending in (".r", ".txt"):
        return read_r_text(_text(path))
    remedy = "give a file of .npz, .safetensors, .R (R's text) or .csv (glassnet's own)"
    raise GlassnetError(f"has the ending '{ending}', which says nothing of weights", remedy=remedy)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise GlassnetError("is no text of UTF-8") from None


def _read_npz(path: Path) -> FoundNetwork:
    """The arrays of numpy.savez, in their order."""
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(one.file_size for one in packed.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise GlassnetError(f"is no file of numpy.savez, or is cut short ({error})") from None
    if size > MOST_PACKED_BYTES:
        raise GlassnetError(f"holds more than {MOST_PACKED_BYTES:,} bytes")
    arrays: dict[str, np.ndarray] = {}
    with np.load(path, allow_pickle=False) as file:
        for key in file.files:
            try:
                arrays[key] = file[key]
            except Exception as error:  # whatever unpacking and decoding of a damaged file raise
                message = f"cannot be read as an array of numbers ({_brief(error)})"
                raise unusable(key, message) from None
    return FoundNetwork(arrays)


def _read_safetensors(path: Path) -> FoundNetwork:
    """The arrays of a safetensors file, which keeps no order."""
    from safetensors import SafetensorError, safe_open

    arrays: dict[str, np.ndarray] = {}
    try:
        with safe_open(path, framework="np") as file:
            if "glassnet" in (file.metadata() or {}):
                raise GlassnetError("is a model of glassnet", remedy="open it with glassnet.load")
            for key in file.keys():  # noqa: SIM118 (no dict)
                kind: Any = file.get_slice(key).get_dtype()
                if kind not in NUMBER_TYPES:
                    message = f"holds numbers of the type {kind}"
                    raise unusable(key, message, "save them as float32 or float64")
                arrays[key] = file.get_tensor(key)
    except (SafetensorError, OSError) as error:
        message = f"is no safetensors file, or is cut short ({_brief(error)})"
        raise GlassnetError(message) from None
    return FoundNetwork(arrays, ordered=False)


def _brief(error: Exception) -> str:
    """What another library said, on one line that is not too long."""
    return visible(" ".join(str(error).split()))[:100] or type(error).__name__
