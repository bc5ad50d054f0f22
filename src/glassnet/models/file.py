"""The model file: named arrays and one JSON structure in a safetensors file, with a checksum.

Nothing is ever unpickled. What the structure and the arrays are is `content.py`'s.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from glassnet.errors import ModelFileError
from glassnet.files import whole_file

FORMAT = "glassnet-model"
VERSION = 2


def write_model_file(
    path: str | Path, structure: dict[str, Any], arrays: dict[str, np.ndarray]
) -> None:
    """Write arrays by name and a JSON-able structure; the file appears whole or not at all."""
    from safetensors.numpy import save_file

    text = json.dumps({"format": FORMAT, "version": VERSION, **structure})
    arrays = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    with whole_file(path) as part:
        save_file(arrays, part, metadata={"glassnet": text, "sha256": _checksum(text, arrays)})


def read_model_file(path: str | Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The structure and the arrays of a model file.

    Raises GlassnetError, naming it, on a file that is none, was changed, or has a later format.
    """
    from safetensors import SafetensorError, safe_open

    path = Path(path)
    if not path.exists():
        raise ModelFileError("no such model file", file=path)
    if path.is_dir():
        raise ModelFileError("is a folder without a model.safetensors", file=path)
    try:
        with safe_open(path, framework="np") as file:
            metadata = file.metadata() or {}
            names = file.keys()  # `file` is no dict
            arrays = {name: file.get_tensor(name) for name in names}
    except (SafetensorError, OSError, ValueError) as error:
        raise ModelFileError(
            f"is not a model file, or is cut short ({str(error).strip()})", file=path
        ) from None
    if "glassnet" not in metadata:
        raise ModelFileError("is a safetensors file, but not one that glassnet wrote", file=path)
    if metadata.get("sha256") != _checksum(metadata["glassnet"], arrays):
        raise ModelFileError(
            "was altered after it was written (its checksum does not match)",
            file=path,
            remedy="use the original file",
        )
    structure = json.loads(metadata["glassnet"])
    if structure["version"] > VERSION:
        raise ModelFileError(
            f"has format version {structure['version']}, this glassnet reads up to {VERSION}",
            file=path,
            remedy="upgrade glassnet",
        )
    return structure, arrays


def _checksum(text: str, arrays: dict[str, np.ndarray]) -> str:
    import hashlib

    digest = hashlib.sha256(text.encode())
    for name in sorted(arrays):
        digest.update(f"{name} {arrays[name].dtype} {arrays[name].shape}".encode())
        digest.update(arrays[name].tobytes())
    return digest.hexdigest()
