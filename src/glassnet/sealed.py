"""Sealed files: named arrays and one JSON text in a safetensors file, with a checksum of both.

Models, studies and checkpoints are such files. Nothing is ever unpickled, and no array is read
before it is known to be wanted. What the text and the arrays are is said where they are made.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np

from glassnet.errors import GlassnetError
from glassnet.files import check_regular_file, whole_file

MAX_TEXT = 64_000_000  # characters of the JSON; safetensors itself ends at 100 MB
HASH_BLOCK = 2**22  # bytes of an array that are read at a time where it is only to be hashed
NUMPY_DTYPES: dict[str, str] = {
    "F32": "float32",
    "F64": "float64",
    "I64": "int64",
    "I32": "int32",
    "U32": "uint32",
    "U64": "uint64",
    "BOOL": "bool",
}
"""NumPy's name of a type of numbers that such a file may hold, by safetensors' name."""

Expected = TypeVar("Expected")


class FileKind(NamedTuple):
    """What is kept in a sealed file."""

    name: str
    """As messages call the file."""
    error: type[GlassnetError]
    """What is raised where it cannot be written, or is no such file."""


class ArrayKind(NamedTuple):
    """What is known of an array before it is read."""

    dtype: str
    """As NumPy calls it, where it is one of `NUMPY_DTYPES`; else as safetensors does."""
    shape: tuple[int, ...]


Kinds = Mapping[str, ArrayKind]
Arrays = dict[str, np.ndarray]


def kinds_of(arrays: Mapping[str, np.ndarray]) -> dict[str, ArrayKind]:
    """The kind of each array."""
    return {name: ArrayKind(str(array.dtype), array.shape) for name, array in arrays.items()}


def write_sealed(
    path: str | Path, text: str, arrays: Mapping[str, np.ndarray], kind: FileKind
) -> None:
    """Write arrays by name and a text; the file appears whole or not at all.

    Raises GlassnetError where it cannot be written, or could not be read again.
    """
    from safetensors.numpy import save

    if len(text) > MAX_TEXT:
        raise kind.error(f"cannot hold {len(text):,} characters beside the arrays", file=path)
    arrays = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    seal = _seal(text, kinds_of(arrays), lambda name: (arrays[name],))
    with whole_file(path) as part:
        part.write_bytes(save(arrays, {"glassnet": text, "sha256": seal}))


def read_sealed(
    path: str | Path, expect: Callable[[str, Kinds], Expected], kind: FileKind
) -> tuple[Expected, Arrays]:
    """The text and the arrays of a sealed file.

    Parameters
    ----------
    path : str or Path
        The file.
    expect : function
        Called with the text and the kind of each array before any is read. It makes something of
        the text, or raises GlassnetError where it or an array is not what such a file has.
    kind : FileKind
        What the file should hold.

    Returns
    -------
    what `expect` gave, and the arrays by name

    Raises
    ------
    GlassnetError
        Naming the file, where it is no such file, was changed after it was written, or is not what
        is expected.
    """
    path = Path(path)
    with _opened(path, kind) as file:
        metadata = file.metadata() or {}
        if not {"glassnet", "sha256"} <= metadata.keys():
            message = "is a safetensors file, but not one that glassnet wrote"
            raise kind.error(message, file=path)
        text, seal = metadata["glassnet"], metadata["sha256"]
        kinds = _kinds(file)
        try:
            with naming(path, kind):
                _check_length(text)
                expected = expect(text, kinds)
        except GlassnetError:
            if _was_altered(file, text, kinds, seal):
                raise _altered(path, kind) from None
            raise
        arrays = {name: file.get_tensor(name) for name in kinds}
    if seal != _seal(text, kinds, lambda name: (arrays[name],)):
        raise _altered(path, kind)
    return expected, arrays


@contextmanager
def naming(path: str | Path, kind: FileKind) -> Iterator[None]:
    """Errors of what is inside a file become errors that name it."""
    try:
        yield
    except GlassnetError as error:
        raise kind.error(error.message, file=path, remedy=error.remedy) from None


@contextmanager
def _opened(path: Path, kind: FileKind) -> Iterator[Any]:
    """The file as safetensors opens it, which reads nothing but its header."""
    from safetensors import SafetensorError, safe_open

    if not path.exists():
        raise kind.error(f"no such {kind.name}", file=path)
    if path.is_dir():
        raise kind.error(f"is a folder, not a {kind.name}", file=path)
    check_regular_file(path, kind.error)
    try:
        with safe_open(path, framework="np") as file:
            yield file
    except (SafetensorError, OSError) as error:
        raise kind.error(
            f"is not a {kind.name}, or is cut short ({str(error).strip()})", file=path
        ) from None


def _kinds(file: Any) -> dict[str, ArrayKind]:
    """The kind of each array of an opened file."""
    found: dict[str, ArrayKind] = {}
    for name in file.keys():  # noqa: SIM118 (no dict)
        array = file.get_slice(name)
        dtype = array.get_dtype()
        found[name] = ArrayKind(NUMPY_DTYPES.get(dtype, str(dtype)), tuple(array.get_shape()))
    return found


def _seal(text: str, kinds: Kinds, read: Callable[[str], Iterable[np.ndarray]]) -> str:
    """The checksum of a text and of arrays, each given as a whole or as parts in their order."""
    digest = hashlib.sha256(text.encode())
    for name in sorted(kinds):
        dtype, shape = kinds[name]
        digest.update(f"{name} {dtype} {shape}".encode())
        for part in read(name):
            digest.update(np.ascontiguousarray(part).data)
    return digest.hexdigest()


def _was_altered(file: Any, text: str, kinds: Kinds, seal: str) -> bool:
    """Whether a file is not as it was written, found in little memory: no array is wanted.

    Nothing is known of one that holds arrays of types that are never written.
    """

    def read(name: str) -> Iterator[np.ndarray]:
        array, shape = file.get_slice(name), kinds[name].shape
        rows = max(1, HASH_BLOCK // max(1, 8 * int(np.prod(shape[1:]))))
        for first in range(0, shape[0], rows):
            yield array[first : min(first + rows, shape[0])]

    readable = all(kind.dtype in NUMPY_DTYPES.values() and kind.shape for kind in kinds.values())
    return readable and seal != _seal(text, kinds, read)


def _check_length(text: str) -> None:
    if len(text) > MAX_TEXT:
        raise GlassnetError(f"it holds {len(text):,} characters beside the arrays")


def _altered(path: Path, kind: FileKind) -> GlassnetError:
    return kind.error(
        "was altered after it was written (its checksum does not match)",
        file=path,
        remedy="use the original file",
    )
