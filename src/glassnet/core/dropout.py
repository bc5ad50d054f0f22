"""Dropout's masks, from a random stream that is a pure function of where it is asked.

The generator is Threefry-2x32 with 20 rounds (Salmon et al. 2011, "Parallel random numbers: as easy
as 1, 2, 3"). It keeps no state, so the mask of a node and row in an iteration is the same in
whatever chunk, order or engine it is computed.
"""

from collections.abc import Sequence

from glassnet.core.arrays import Array

ROTATIONS = (13, 15, 26, 6, 17, 29, 16, 24)  # bits, of the eight rounds that repeat
PARITY = 0x1BD11BDA  # Threefry's constant for the third key word
WORD = 0xFFFFFFFF  # the largest 32-bit word
NODES_A_DRAW = 4  # that share the two words of a counter
LEVELS = 2**16  # values of what each of them gets
Key = tuple[Array, Array]  # two 32-bit words


def threefry2x32(xp: Array, key: Key, x0: Array, x1: Array) -> tuple[Array, Array]:
    """Two random 32-bit words for each counter (x0, x1), uint32 arrays whose shapes broadcast."""
    first, second = (_word(xp, k) for k in key)
    keys = [first, second, first ^ second ^ _word(xp, PARITY)]
    x0, x1 = x0 + keys[0], x1 + keys[1]
    for step in range(20):
        r = ROTATIONS[step % 8]
        x0 = x0 + x1
        x1 = xp.bitwise_left_shift(x1, _word(xp, r)) | xp.bitwise_right_shift(x1, _word(xp, 32 - r))
        x1 = x1 ^ x0
        if step % 4 == 3:
            s = step // 4 + 1
            x0, x1 = x0 + keys[s % 3], x1 + keys[(s + 1) % 3] + _word(xp, s)
    return x0, x1


def dropout_masks(
    xp: Array, rates: Sequence[float], sizes: Sequence[int], rows: int, key: Key, dtype: Array
) -> tuple[Array, ...]:
    """A mask for each hidden layer, rows x H: 0 with the layer's rate, else 1 / (1 - rate), eq.
    (12). The rate is taken to a 65,536th.

    The key is (seed, iteration), the counter (draw, row of the batch). A draw's 64 bits serve
    four nodes that follow each other, 16 bits each, and draws are counted through the layers.
    `sizes` are the network's. () when every rate is 0. (Srivastava et al. 2014, the
    inverted form: nothing to scale when predicting.)
    """
    if not any(rates):
        return ()
    row = xp.arange(rows, dtype=xp.uint32)[:, None]
    masks: list[Array] = []
    first = 0
    for rate, n in zip(rates, sizes[1:-1], strict=True):
        draws = -(-n // NODES_A_DRAW)
        draw = xp.arange(first, first + draws, dtype=xp.uint32)[None, :]
        drawn = threefry2x32(xp, key, draw, row)
        halves = [half for word in drawn for half in (word % LEVELS, word // LEVELS)]
        of_nodes = xp.reshape(xp.stack(halves, axis=2), (rows, draws * NODES_A_DRAW))[:, :n]
        left_out = min(round(rate * LEVELS), LEVELS - 1)
        masks.append(xp.astype(of_nodes >= left_out, dtype) * (LEVELS / (LEVELS - left_out)))
        first += draws
    return tuple(masks)


def _word(xp: Array, value: Array) -> Array:
    """The lowest 32 bits of a whole number, which may be an array that is being traced."""
    if isinstance(value, int):
        return xp.asarray(value & WORD, dtype=xp.uint32)
    return xp.astype(value, xp.uint32)
