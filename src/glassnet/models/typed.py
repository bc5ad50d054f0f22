"""Dataclasses from JSON-able data: each value of the type that its field declares, or an error.

Files are not believed: a type that is not the field's, a number that is not finite, a field that
nobody knows end the decoding before anything is made of them. What a model file holds is
`structure.py`'s, what a run.json holds `runs/record.py`'s; the work is msgspec's.
"""

import json
import re
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import reduce
from operator import or_
from types import UnionType
from typing import (
    Annotated,
    Any,
    ClassVar,
    Generic,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec
from msgspec import Meta

from glassnet.errors import GlassnetError

Finite = Annotated[float, Meta(ge=-sys.float_info.max, le=sys.float_info.max)]
"""A float: neither NaN nor infinite. Every field that says float is one."""
Scalar = bool | int | Finite | str | None
"""What a field of type Any holds: one of these, or a list or an object of them."""
Rule = Callable[[Any], None]
"""Called with decoded fields, as attributes; raises ValueError where they do not fit each other."""
Root = TypeVar("Root")


class Decoder(Generic[Root]):
    """Makes a dataclass, with the dataclasses in its fields, of JSON-able data.

    Of several dataclasses that a field may hold, the data's "kind" names one: each has its name in
    a class variable `kind`. A field with a default may be missing. A field of type float is finite,
    of type Any a scalar or a list or object of these; an Annotated float stands as it is.

    Parameters
    ----------
    root : type
        The dataclass.
    rules : dict of dataclass to function
        What the types do not say.
    extensible : collection of dataclasses
        Those that may have fields which this version does not know of: these are left out.
    names : dict of dataclass to dict
        Fields, and the "kind", that are called something else in the data.
    types : dict of str to type
        Types that a dataclass' module imports for the type checker only.
    """

    def __init__(
        self,
        root: type[Root],
        rules: Mapping[type, Rule] | None = None,
        extensible: Collection[type] = (),
        names: Mapping[type, Mapping[str, str]] | None = None,
        types: Mapping[str, Any] | None = None,
    ) -> None:
        self._rules = rules or {}
        self._extensible = extensible
        self._names = names or {}
        self._types = dict(types or {})
        self._structs: dict[type, type[_Fields]] = {}
        self._root = self._struct(root)

    def __call__(self, data: Any) -> Root:
        """The dataclass of this data. Raises GlassnetError, naming the place, on any other."""
        try:
            return _value(msgspec.convert(data, self._root))
        except (msgspec.ValidationError, UnicodeEncodeError) as error:
            raise GlassnetError(_reason(str(error))) from None

    def _struct(self, kind: type) -> "type[_Fields]":
        """What msgspec decodes in place of a dataclass."""
        if kind not in self._structs:
            hints = get_type_hints(kind, localns=self._types, include_extras=True)
            names = self._names.get(kind, {})
            tag = getattr(kind, "kind", None)
            self._structs[kind] = msgspec.defstruct(  # type: ignore[assignment]
                kind.__name__,
                [(f.name, self._type(hints[f.name]), _settings(f, names)) for f in fields(kind)],
                bases=(_Fields,),
                namespace={"kind_of_value": kind, "rules": self._rules_of(kind)},
                tag_field=tag and "kind",
                tag=tag and names.get("kind", tag),
                forbid_unknown_fields=kind not in self._extensible,
                kw_only=True,
            )
        return self._structs[kind]

    def _rules_of(self, kind: type) -> tuple[Rule, ...]:
        return (self._rules[kind],) if kind in self._rules else ()

    def _type(self, hint: Any) -> Any:
        """A field's type as msgspec takes it."""
        origin, arguments = get_origin(hint), get_args(hint)
        if hint is float:
            return Finite
        if hint is Any:
            return Scalar | tuple[Scalar, ...] | dict[str, Scalar]
        if is_dataclass(hint):
            return self._struct(hint)  # type: ignore[arg-type]
        if origin is Annotated:
            inner, *bounds = arguments
            return Annotated[(inner if inner is float else self._type(inner), *bounds)]
        if origin in (Union, UnionType):
            return reduce(or_, (self._type(argument) for argument in arguments))
        if origin in (tuple, dict, Mapping):
            inner = tuple(a if a is ... else self._type(a) for a in arguments)
            return tuple[inner] if origin is tuple else dict[inner]  # type: ignore[misc]
        return hint


class _Fields(msgspec.Struct):
    """The fields of a dataclass as they were decoded."""

    kind_of_value: ClassVar[Any]
    rules: ClassVar[tuple[Rule, ...]]

    def __post_init__(self) -> None:
        for rule in self.rules:
            rule(self)


def data_of(value: Any) -> Any:
    """JSON-able data of a dataclass, which a Decoder reads; other values as they are."""
    if isinstance(value, tuple):
        return [data_of(item) for item in value]
    if not is_dataclass(value):
        return value
    found = {"kind": getattr(value, "kind", None)} if hasattr(value, "kind") else {}
    return found | {field.name: data_of(getattr(value, field.name)) for field in fields(value)}


def read_json(text: str) -> Any:
    """The data of a JSON text, in which numbers may be NaN and infinite.

    Raises GlassnetError on what is no JSON, is nested too deeply, or holds half a character, which
    could not be written anywhere.
    """
    try:
        data = json.loads(text)
        if _HALF_CHARACTER.search(text):
            json.dumps(data, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise GlassnetError(f"no JSON that can be read ({error})") from None
    return data


_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")  # alone, one half of a pair is no text
_MESSAGE = re.compile(r"(.*) - at `\$\.?(.*)`", re.DOTALL)


def _reason(message: str) -> str:
    """What msgspec found, the path first: "encoding.task: expected `str`, got `int`"."""
    found = _MESSAGE.fullmatch(message)
    if found is None:
        return message
    what, path = found.groups()
    return f"{path}: {what[:1].lower()}{what[1:]}" if path else what


def _settings(field: Field[Any], names: Mapping[str, str]) -> Any:
    """A dataclass field's default and its name in the data."""
    settings: dict[str, Any] = {"name": names.get(field.name)}
    if field.default is not MISSING:
        settings["default"] = field.default
    if field.default_factory is not MISSING:
        settings["default_factory"] = field.default_factory
    return msgspec.field(**settings)


def _value(decoded: Any) -> Any:
    """The dataclasses of decoded fields."""
    if isinstance(decoded, _Fields):
        values = {name: _value(getattr(decoded, name)) for name in decoded.__struct_fields__}
        return decoded.kind_of_value(**values)
    if type(decoded) is tuple and decoded and isinstance(decoded[0], _Fields):
        return tuple(map(_value, decoded))
    return decoded
