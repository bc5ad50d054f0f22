"""The floor: the operations of a workload, counted, over what one core can do, measured
(`peak.cpp`).

Nothing that does the same operations in vectors as wide as those of the engine's instruction set
can be quicker. Loads, stores and all around the mathematics are free.
"""

import json
import shutil
import subprocess
from pathlib import Path
from statistics import median

from bench import launch
from bench.workloads import WORKLOADS, Workload
from glassnet.training.engines.native import NativeEngine

SOURCE = Path(__file__).with_name("peak.cpp")
FLAGS = {
    32: (["-march=native", "-mprefer-vector-width=256"], ["-march=native"], []),
    64: (["-march=native", "-mprefer-vector-width=512"],),
}
"""Bytes of a vector -> the compiler's options to try, the first that it knows."""
Peak = dict[str, float]
"""What `peak.cpp` prints: operations a nanosecond, and nanoseconds of an operation that waits for
the one before it.
"""

# One iteration of A waits for itself: none of its parts can begin before the part above it has
# ended. Multiply-adds, and additions and multiplications, which take as long, in that chain:
SIGMOID = (
    2  # z log2(e), rounded to a whole number n by adding a large number and taking it away
    + 2  # r = z - n log(2), in two parts to keep every bit
    # e^r: a polynomial of degree 11, good to the last bit, by Estrin: pairs, fours, eights, all.
    + 4
    + 1  # times 2^n and plus 1 in one; the division 1 / (1 + e^-z) is counted apart
)
CHAIN = (
    3  # z1: three products added, each waiting for the one before
    + SIGMOID  # all sixteen beside each other
    + 3  # z2: four products as two pairs: a product, a multiply-add, a sum
    + SIGMOID
    + 3  # delta2 = 2 (a - y) a (1 - a): 1 - a, then two products
    + 1  # delta1 = delta2 times w2 h (1 - h), which was made ready meanwhile
    + 3  # dW1: four rows' products as two pairs and a sum; dW2 is ready before
    + 1  # W1 - rate dW1
)
DIVISIONS = 2  # one for each layer's sigmoid


def article_ns(work: Workload, peak: Peak) -> float:
    """A: the chain, or all its operations without any waiting, whichever takes longer."""
    N, (D, H, K) = work.rows, work.sizes
    sigmoids = N * H + N * K
    arithmetic = (
        # Estrin's eleven multiply-adds lie four deep: seven more; three powers of r; the slope.
        sigmoids * (SIGMOID + 7 + 3 + 2)
        + 2 * N * (D * H + H * K)  # forward, and the gradients of the weights
        + N * H * K  # the deltas back
        + 4 * N * K  # error, its square, delta2
        + D * H + H * K  # the update
    )  # fmt: skip
    free = arithmetic / peak["fma64"] + sigmoids / peak["div64"]
    return work.steps * max(CHAIN * peak["fma_ns"] + DIVISIONS * peak["div_ns"], free)


# Where enough of them lie beside each other, nothing waits: a polynomial by Horner needs no powers,
# and the divisions have a unit of their own. In float32 it has degree 6.
EXPONENTIAL = {"float64": 2 + 2 + 11, "float32": 2 + 2 + 6}


def articles_ns(work: Workload, peak: Peak) -> float:
    """B: all operations of all networks without any waiting, or their divisions."""
    N, (D, H, K) = work.rows, work.sizes
    bits = work.dtype[-2:]
    sigmoids = N * H + N * K
    arithmetic = (
        sigmoids * (EXPONENTIAL[work.dtype] + 1 + 2)  # times 2^n and plus 1; the slope
        + 2 * N * (D * H + H * K)  # forward, and the gradients of the weights
        + N * H * K  # the deltas back
        + 4 * N * K  # error, its square, delta2
        + D * H + H * K  # the update
    )  # fmt: skip
    step = max(arithmetic / peak[f"fma{bits}"], sigmoids / peak[f"div{bits}"])
    return work.networks * work.steps * step


def mlp_ns(work: Workload, peak: Peak) -> float:
    """C, D, E, H, I: the products, then Adam, which is elementwise."""
    products = sum(a * b for a, b in zip(work.sizes, work.sizes[1:], strict=False))
    first = work.sizes[0] * work.sizes[1]
    multiply_adds = work.epochs * work.rows * (
        products  # forward
        + products  # the gradients of the weights
        + (products - first)  # the deltas back, which the inputs do not need
    )  # fmt: skip
    hidden = work.epochs * work.rows * sum(work.sizes[1:-1]) if work.activation == "tanh" else 0
    # tanh: the exponential, times 2^n and plus 1, twice the quotient less 1; the slope.
    multiply_adds += hidden * (EXPONENTIAL["float32"] + 1 + 1 + 2)
    parameters = products + sum(work.sizes[1:])
    arithmetic = (
        2 + 3 + 2
    )  # m: two; v: three; the step: plus epsilon, and times the rate and subtracted
    adam = max(
        arithmetic / peak["fma32"], 1 / peak["div32"] + 1 / peak["sqrt32"]
    )  # division and root share one unit
    rows_ns = max(multiply_adds / peak["fma32"], hidden / peak["div32"])
    return work.networks * (rows_ns + work.steps * parameters * adam)


def floor_ms(name: str, peak: Peak) -> float:
    """The floor of a workload in milliseconds, of what the tables report (one step for D)."""
    work = WORKLOADS[name]
    article = articles_ns if work.networks > 1 else article_ns
    return (article if work.kind == "article" else mlp_ns)(work, peak) / 1e6 / work.divide


def vector_bytes(instructions: str) -> int:
    """How wide the vectors of the engine's instruction set are counted: 64 bytes with AVX-512, else
    32, which a machine with narrower ones does not reach.
    """
    return 64 if instructions.startswith("avx512") else 32


def build_peak(folder: Path) -> Path | None:
    """Compile `peak.cpp` for the instruction set of the engine; None where there is no compiler."""
    compiler, program = shutil.which("g++"), folder / "peak"
    width = vector_bytes(NativeEngine().variants[0])
    for flags in FLAGS[width] if compiler else ():
        line = [str(compiler), "-std=c++20", "-O3", "-fno-math-errno", f"-DBYTES={width}"]
        line += [*flags, "-o", str(program), str(SOURCE)]
        if subprocess.run(line, capture_output=True, check=False).returncode == 0:
            return program
    return None


def measure_peak(program: Path) -> Peak | None:
    """Run it on the core that the workers with one thread run on."""
    said, _ = launch.start([str(program)], "1", stdout=subprocess.PIPE).communicate()
    try:
        return json.loads(said)
    except ValueError:
        return None


def typical(peaks: list[Peak]) -> Peak:
    """The median of several measurements, each quantity by itself."""
    return {name: median(peak[name] for peak in peaks) for name in peaks[0]}
