"""Weights and biases from elsewhere: PyTorch's, Keras's and R's, in files and as arrays."""

import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

import glassnet as gn

Layers = list[tuple[np.ndarray, np.ndarray]]


def _layers(*sizes: int, seed: int = 1) -> Layers:
    """Weights, inputs x outputs, and biases."""
    random = np.random.default_rng(seed)
    return [(random.normal(size=(n, m)), random.normal(size=m)) for n, m in pairwise(sizes)]


def _pytorch(layers: Layers, names: list[str] | None = None) -> dict[str, np.ndarray]:
    """As the state dict of Sequential(Linear, activation, Linear, ...) has them."""
    names = [str(2 * number) for number in range(len(layers))] if names is None else names
    return {
        f"{name}.{kind}": np.ascontiguousarray(array)
        for name, (weights, biases) in zip(names, layers, strict=True)
        for kind, array in (("weight", weights.T), ("bias", biases))
    }


def _z(layers: Layers, x: np.ndarray) -> np.ndarray:
    """The last z of tanh layers, by hand."""
    for number, (weights, biases) in enumerate(layers):
        x = (np.tanh(x) if number else x) @ weights + biases
    return x


def _check(model: gn.Model, layers: Layers) -> None:
    """That the model computes what the layers do, and can be explained."""
    x = np.random.default_rng(2).normal(size=(20, len(layers[0][0])))
    assert np.abs(model.output_of(x) - _z(layers, x)).max() < 1e-12
    row = dict(zip(model.encoding.needed, x[:1].T, strict=True))
    assert "tanh" in gn.explain(model, row).text()


READ: dict[str, Any] = {"activation": "tanh", "output": "identity"}


@pytest.mark.parametrize("sizes", [(3, 4, 1), (4, 4, 4), (2, 5, 5, 3), (3, 2, 3), (2, 1)])
def test_the_state_dict_of_pytorch(sizes: tuple[int, ...], tmp_path: Path):
    layers = _layers(*sizes)
    state = _pytorch(layers)
    np.savez(tmp_path / "net.npz", **state)
    save_file(state, tmp_path / "net.safetensors")
    for given_ in (state, tmp_path / "net.npz", str(tmp_path / "net.safetensors")):
        model = gn.read_parameters(given_, **READ)
        assert model.network.sizes == sizes
        if len(sizes) > 2:
            _check(model, layers)


def test_ten_layers_are_in_the_order_of_their_numbers(tmp_path: Path):
    layers = _layers(*[3] * 13)
    names = [f"net.{2 * number}" for number in range(12)]  # net.10 sorts before net.2 as text
    save_file(_pytorch(layers, names), tmp_path / "net.safetensors")
    _check(gn.read_parameters(tmp_path / "net.safetensors", **READ), layers)


def test_layers_with_names_are_ordered_by_their_shapes_or_as_asked(tmp_path: Path):
    layers = _layers(3, 5, 2)
    save_file(_pytorch(layers, ["z_first", "a_last"]), tmp_path / "net.safetensors")
    _check(gn.read_parameters(tmp_path / "net.safetensors", **READ), layers)
    square = _layers(3, 3, 3)
    save_file(_pytorch(square, ["z_first", "a_last"]), tmp_path / "square.safetensors")
    with pytest.raises(gn.OptionError, match=r"order.*layers=\['a_last', 'z_first'\]"):
        gn.read_parameters(tmp_path / "square.safetensors", **READ)
    asked = ["z_first", "a_last"]
    _check(gn.read_parameters(tmp_path / "square.safetensors", layers=asked, **READ), square)
    _check(gn.read_parameters(_pytorch(square, asked), **READ), square)  # a dict keeps its order
    with pytest.raises(gn.OptionError, match="layers must name 'z_first', 'a_last', each once"):
        gn.read_parameters(_pytorch(square, asked), layers=["z_first"], **READ)


def test_keras(tmp_path: Path):
    layers = _layers(3, 4, 2)
    flat = [array for layer in layers for array in layer]
    np.savez(tmp_path / "weights.npz", *flat)
    named = {
        f"dense{ending}/{kind}": array
        for ending, layer in zip(("", "_1"), layers, strict=True)
        for kind, array in zip(("kernel:0", "bias:0"), layer, strict=True)
    }
    for given_ in (tmp_path / "weights.npz", flat, [f.tolist() for f in flat], named):
        _check(gn.read_parameters(given_, **READ), layers)
    square = [array for layer in _layers(3, 3, 3) for array in layer]
    kernels = {
        f"{n}.{k}": a for n, k, a in zip("0011", ("kernel", "bias") * 2, square, strict=True)
    }
    _check(gn.read_parameters(kernels, **READ), _layers(3, 3, 3))


@pytest.mark.filterwarnings("ignore:lbfgs failed to converge")
@pytest.mark.parametrize("hidden", [3, 5])
def test_the_attributes_of_scikit_learn(hidden: int, tmp_path: Path):
    from sklearn.neural_network import MLPRegressor

    random = np.random.default_rng(1)
    x = random.normal(size=(20, 3))
    mlp = MLPRegressor(
        hidden_layer_sizes=(hidden, hidden), activation="tanh", solver="lbfgs", max_iter=5
    ).fit(x, x.sum(1))
    arrays = {f"coefs_{n}": a for n, a in enumerate(mlp.coefs_)}
    arrays |= {f"intercepts_{n}": a for n, a in enumerate(mlp.intercepts_)}
    np.savez(tmp_path / "mlp.npz", **arrays)
    model = gn.read_parameters(tmp_path / "mlp.npz", activation="tanh", output="identity")
    found = model.predict({f"x{n}": x[:, n - 1] for n in (1, 2, 3)})
    assert np.abs(found - mlp.predict(x)).max() < 1e-12


def test_plain_arrays_by_name():
    layers = _layers(3, 4, 1)
    weights, biases = zip(*layers, strict=True)
    _check(gn.read_parameters({"weights": weights, "biases": biases}, **READ), layers)
    mixed = {"W1": weights[0].tolist(), "b1": biases[0].tolist(), "W2": weights[1]}
    model = gn.read_parameters(mixed, **READ)
    _check(model, [layers[0], (weights[1], np.zeros(1))])  # a layer without biases: of 0


def test_square_matrices_without_keys_are_never_guessed():
    arrays = [weights for weights, _ in _layers(3, 3, 3)]
    with pytest.raises(gn.OptionError, match="neither shapes nor keys say which: give transposed="):
        gn.read_parameters(arrays, **READ)
    plain = gn.read_parameters(arrays, transposed=False, **READ)
    turned = gn.read_parameters([w.T for w in arrays], transposed=True, **READ)
    assert np.array_equal(plain.parameters.weights, turned.parameters.weights)
    narrow = [np.ones((2, 3)), np.ones((3, 2))]  # 2-3-2, or transposed 3-2-3
    assert gn.read_parameters(narrow, inputs=["a", "b"], **READ).network.sizes == (2, 3, 2)
    with pytest.raises(gn.GlassnetError, match="the shapes do not fit each other: as outputs x"):
        gn.read_parameters([np.ones((3, 4)), np.ones((4, 1))], transposed=True, **READ)


def test_dtypes_are_kept():
    layers = _layers(3, 4, 1)
    short = {key: array.astype(np.float32) for key, array in _pytorch(layers).items()}
    assert gn.read_parameters(short, **READ).parameters.weights[0].dtype == np.float32
    assert gn.read_parameters(_pytorch(layers), **READ).parameters.biases[0].dtype == np.float64


def test_tensors_of_pytorch_that_are_still_trained():
    class Tensor(np.ndarray):
        """As torch.nn.Parameter: NumPy takes its numbers once they are detached."""

        def __array__(self, *_: Any, **__: Any) -> np.ndarray:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad")

        def detach(self) -> Any:
            return self

        def cpu(self) -> np.ndarray:
            return np.asarray(self.tolist())

    layers = _layers(3, 4, 1)
    trained = {key: array.view(Tensor) for key, array in _pytorch(layers).items()}
    _check(gn.read_parameters(trained, **READ), layers)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_softmax_over_two_labels_is_one_sigmoid(dtype: str):
    layers = [(w.astype(dtype), b.astype(dtype)) for w, b in _layers(3, 4, 2)]
    model = gn.read_parameters(
        _pytorch(layers), activation="tanh", output="softmax", labels=["no", "yes"], targets="t"
    )
    x = np.random.default_rng(2).normal(size=(20, 3))
    z = _z([(w.astype(float), b.astype(float)) for w, b in layers], x)
    columns = dict(zip(model.encoding.needed, x.T, strict=True))
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    assert np.abs(model.predict_proba(columns) - p).max() < 1e-12
    assert model.predict(columns).tolist() == np.array(["no", "yes"])[p.argmax(axis=1)].tolist()


def test_names_and_labels():
    model = gn.read_parameters(
        _pytorch(_layers(2, 4, 3)),
        activation=["relu"],
        output="softmax",
        inputs=["height", "mass"],
        targets="kind",
        labels=["a", "b", "c"],
    )
    assert model.encoding.needed == ["height", "mass"]
    assert model.loss.name == "categorical_cross_entropy"
    assert model.predict({"height": [1.0], "mass": [2.0]})[0] in ("a", "b", "c")


ASSIGNED = """
set.seed(1)  # weights1 <- "in a comment"
my_nn <- list(
  input = X, weights1 = matrix(c(.1, -2e-1, 3L, 4, 5.5, 6), nrow = 3, ncol = 2),
  "weights2" = c(7, +8)
)
my_nn[["biases1"]] <- c(0.5, -0.5); biases2 = 0.25
print(sigmoid(my_nn$weights1))
"""
DPUT = """list(weights1 = structure(c(0.1, -0.2, 3, 4, 5.5, 6), dim = 3:2), biases1 = c(0.5,
-0.5), weights2 = structure(c(7, 8), dim = 2:1), biases2 = 0.25)
"""
BY_ROW = """
weights1 <- matrix(c(0.1, 4,
                     -0.2, 5.5,
                     3, 6), 3, 2, TRUE)
weights2 <- rbind(c(7), c(8))
biases1 <- matrix(c(0.5, -0.5), 1)
biases2 <- c(0.25)
"""
PRINTED = """> my_nn$weights1
     [,1]
[1,]  0.1
[2,] -0.2
[3,]  3.0
     [,2]
[1,]  4.0
[2,]  5.5
[3,]  6.0
> print(my_nn$weights2)
     [,1]
[1,]    7
[2,]    8
$biases1
[1]  0.5 -0.5

biases2
[1] 0.25
"""


@pytest.mark.parametrize("text", [ASSIGNED, DPUT, BY_ROW, PRINTED])
def test_the_text_of_r(text: str, tmp_path: Path):
    expected: Layers = [
        (np.array([[0.1, 4], [-0.2, 5.5], [3, 6]]), np.array([0.5, -0.5])),
        (np.array([[7.0], [8]]), np.array([0.25])),
    ]
    if text is DPUT:
        text = f"my_nn <- {text}"
    _check(gn.read_parameters(text, **READ), expected)
    (tmp_path / "net.R").write_text(text)
    _check(gn.read_parameters(tmp_path / "net.R", **READ), expected)


@pytest.mark.parametrize("control", ["digits17", "hexNumeric"])
def test_what_r_itself_writes(control: str):
    program = """
    set.seed(1)
    nn <- list(weights1 = matrix(runif(12), 3, 4), weights2 = matrix(runif(4), 4, 1))
    control <- c(CONTROL, "showAttributes")
    for (name in names(nn)) cat(name, "<-", deparse(nn[[name]], control = control), "\\n")
    """
    written = program.replace("CONTROL", f'"{control}"')
    done = subprocess.run(["Rscript", "-e", written], capture_output=True, text=True, check=True)
    model = gn.read_parameters(done.stdout, activation="sigmoid", output="sigmoid")
    network = gn.Network([3, 4, 1], bias=False)
    drawn = gn.initialize(network, "uniform", seed=1, rng="r").weights[0].ravel()
    assert np.abs(model.parameters.weights[0].ravel(order="F") - drawn).max() < 1e-15
    printed = program[: program.index("control <-")] + "nn\n"
    done = subprocess.run(["Rscript", "-e", printed], capture_output=True, text=True, check=True)
    again = gn.read_parameters(done.stdout, activation="sigmoid", output="sigmoid")
    difference = again.parameters.weights[0] - model.parameters.weights[0]
    assert np.abs(difference).max() < 1e-7  # R prints seven digits


def test_what_the_page_makes_of_neuralnet(tmp_path: Path):
    page = (Path(__file__).parents[2] / "docs" / "export.md").read_text()
    [program] = [part for part in page.split("```") if part.startswith("r\n")]
    trained = """
    set.seed(1)
    matrices <- list(matrix(rnorm(12), 4, dimnames = list(letters[1:4], NULL)), matrix(rnorm(4)))
    nn <- list(weights = list(matrices))
    hidden <- tanh(c(1, 0.5, 0.2, -1) %*% matrices[[1]])
    cat(sprintf("%.17g", c(1, hidden) %*% matrices[[2]]))
    """
    command = ["Rscript", "-e", trained + program.removeprefix("r\n")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    model = gn.read_parameters(tmp_path / "net.R", **READ)
    [found] = model.predict({"x1": [0.5], "x2": [0.2], "x3": [-1.0]})
    assert abs(found - float(done.stdout)) < 1e-14


def printed_by_r(options: str, names: str) -> str:
    """What R prints of two matrices, the first with the names."""
    program = f"""
    options({options})
    weights1 <- matrix(1:12 / 8, 3, 4, dimnames = {names})
    print(list(weights1 = weights1, d_weights1 = weights1, weights2 = matrix(1:4)))
    """
    command = ["Rscript", "-e", program]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("options", ["width = 80", "width = 20"])
@pytest.mark.parametrize(
    "names",
    [
        "NULL",
        "list(c('Var1', 'Var2', 'the third'), NULL)",
        "list(NULL, c('h1', 'h2', 'h3', 'h4'))",
        "list(c('1', '2', 'a'), c('10', '20', '30', '40'))",
    ],
)
def test_what_r_prints_with_and_without_names(options: str, names: str):
    model = gn.read_parameters(printed_by_r(options, names), **READ)
    assert model.network.sizes == (3, 4, 1)
    expected = np.arange(1, 13).reshape(4, 3).T / 8
    assert (model.parameters.weights[0] == expected).all()


@pytest.mark.parametrize("names", ["NULL", "list(c('a', 'b', 'c'), NULL)"])
def test_what_r_prints_in_part_is_never_taken_for_the_whole(names: str):
    message = r"'weights1' is printed in part: '.*2 rows \]': print it after options"
    with pytest.raises(gn.GlassnetError, match=message) as raised:
        gn.read_parameters(printed_by_r("max.print = 5", names), **READ)
    _check_message(str(raised.value), "")


def test_what_is_only_called_alike_is_not_taken_for_weights():
    printed = PRINTED + "$d_weights1\n     [,1]\n[1,]   99\n\n"
    model = gn.read_parameters(printed, **READ)
    assert model.network.sizes == gn.read_parameters(PRINTED, **READ).network.sizes


@pytest.mark.parametrize(
    "matrix",
    [
        "c(a = 1, 2, a = 3, 4, 5, 6), 3",
        "nrow = 3, c(1, 2, 3, 4, 5, 6), 2",
        "ncol = 2, c(1, 4, 2, 5, 3, 6), 3, TRUE",
        "c(1, 4, 2, 5, 3, 6), byrow = T, 3",
    ],
)
def test_arguments_are_matched_as_r_does(matrix: str):
    command = ["Rscript", "-e", f"cat(matrix({matrix}))"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    model = gn.read_parameters(f"weights1 <- matrix({matrix})\n", output="identity")
    [weights] = model.parameters.weights
    assert weights.shape == (3, 2)
    assert weights.ravel(order="F").tolist() == [float(number) for number in done.stdout.split()]


BAD_TEXTS = [
    ("$weights1\n     [,1]\n[1,]    1\n...\n[9,]    3\n", r"printed in part: '\.\.\.'"),
    ("$weights1\n     [,1]\n[1,]    1\n[9,]    3\n", "is printed with row 9 behind row 1"),
    ("networks <- list(list(weights1 = c(1), weights1 = c(2)))\n", "'weights1' twice"),
    ("weights1 <- matrix(c(1, 2), 1, byr = TRUE)\n", r"is not written out: matrix\(\) with 'byr'"),
    ("weights1 <- matrix(c(1, 2), 1, byrow = 1)\n", "a byrow that is neither TRUE nor FALSE"),
    ("weights1 <- matrix(runif(12), 3, 4)\n", r"'weights1' is not written out: runif\(\)"),
    ("weights1 <- matrix(c(1, 2, 3), 2, 2)\n", "3 numbers in a matrix of 2 x 2"),
    ("weights1 <- c(1, 2) * 3\n", r"'weights1' is not written out: '\*' follows"),
    ("weights1 <- matrix(c(1,\n", "'weights1' is not written out: the text ends"),
    (f"weights1 <- {'c(' * 99}1\n", "calls within too many calls"),
    ("weights1 <- c(1)\nweights1 <- c(2)\n", "'weights1' stands there twice"),
    ("weights1 <- c(1)\nweights1[1, 1] <- 3\n", "'weights1' is changed part by part"),
    ("weights1 <- c(1, NA)\n", "'weights1' is not written out: 'NA'"),
    ("weights1 <- c('a')\n", "'weights1' must be numbers"),
    ("a <- 1\n", "has no weights1, weights2"),
    ("networks <- list(1)\n", "'networks' must be a list of lists"),
    ("biases2 <- c(1)\nweights1 <- c(1)\n", "'biases2' has no weights beside it"),
    ("weights1\n     [,1]\n[1,] 1 2\n[2,] 1\n", "'weights1' is printed with rows of several"),
    ("weights1\n     [,1]\n[1,] x\n", "'weights1' is printed with what is no number: 'x'"),
    ("weights2 <- c(1, 2)\n", "has weights2, but no weights1"),
    ("$weights1\n    h 1   h 2\na 1 2\n", r"that have blanks: print unname\(weights1\)"),
    ("weights1 <- c(1, 2)\n$biases1\na b\n1 2\n", r"blanks: print unname\(biases1\)"),
]


@pytest.mark.parametrize(("text", "message"), BAD_TEXTS)
def test_a_text_of_r_that_cannot_be_used(text: str, message: str, tmp_path: Path):
    file = tmp_path / "net.R"
    file.write_text(text)
    with pytest.raises(gn.GlassnetError, match=message) as raised:
        gn.read_parameters(file, **READ)
    _check_message(str(raised.value), "net.R")


def _check_message(message: str, name: str) -> None:
    assert name in message
    assert "\n" not in message
    assert len(message) < 400


ROWS = "layer,from,to,value\n1,1,1,2\n1,2,1,3\n"
BAD_ROWS = [
    ("layer,from,value\n1,1,2\n", "has no column 'to'"),
    ("layer,from,to,value\n", "has no rows"),
    (ROWS + "1,1,x,2\n", "column 'to', row 3: must be a whole number of 1 or more, got 'x'"),
    (ROWS + "1,1,2\n", "column 'value', row 3: must be a number, got ''"),
    (ROWS + "1,1,2,inf\n", "column 'value', row 3: must be a number, got 'inf'"),
    (ROWS + "1,2,1,4\n", "row 3: .*has the weight from 2 to 1 twice"),
    (ROWS + "1,9,1,4\n", "goes from 9 to 1 nodes, but not each weight or bias has its row"),
    (ROWS + "1,999999999,99999999,4\n", "but not each weight or bias has its row"),
    (ROWS + "3,1,1,4\n", "has the layers 1, 3: give all from 1 on"),
    (ROWS + '1,"1\n', "is no CSV"),
]


@pytest.mark.parametrize(("text", "message"), BAD_ROWS)
def test_rows_that_cannot_be_used(text: str, message: str, tmp_path: Path):
    file = tmp_path / "net.csv"
    file.write_text(text)
    with pytest.raises(gn.GlassnetError, match=message) as raised:
        gn.read_parameters(file, output="identity")
    _check_message(str(raised.value), "net.csv")


def test_members_with_inputs_of_other_names_are_refused(tmp_path: Path):
    rows = ["1,1,1,1,a,2", "1,1,2,1,b,3", "2,1,1,1,b,2", "2,1,2,1,a,3"]
    text = "\n".join(["member,layer,from,to,from_name,value", *rows, ""])
    (tmp_path / "net.csv").write_text(text)
    with pytest.raises(gn.GlassnetError, match="member 2 names other inputs") as raised:
        gn.read_parameters(tmp_path / "net.csv", output="identity")
    _check_message(str(raised.value), "net.csv")


@pytest.mark.parametrize("name", ["net.csv", "net.npz"])
def test_an_error_of_the_network_itself_names_the_file_too(name: str, tmp_path: Path):
    file = tmp_path / name
    if name == "net.csv":
        file.write_text("layer,from,to,value,activation\n1,1,1,2,foo\n")
    else:
        np.savez(file, np.ones((2, 1)))
    output = None if name == "net.csv" else "foo"
    with pytest.raises(gn.GlassnetError, match="unknown output 'foo'") as raised:
        gn.read_parameters(file, output=output, transposed=False)
    _check_message(str(raised.value), name)


def test_rows_of_few_columns(tmp_path: Path):
    (tmp_path / "net.csv").write_text(ROWS + "1,0,1,0.5\n")
    model = gn.read_parameters(tmp_path / "net.csv", output="identity")
    assert model.predict({"x1": [1.0], "x2": [10.0]}).tolist() == [32.5]


class Unpickled:
    """What would run code where it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return pytest.fail, ("something was unpickled",)


def _arrays(**changed: Any) -> dict[str, Any]:
    return {**_pytorch(_layers(3, 4, 1)), **changed}


BAD_ARRAYS = [
    (_arrays(**{"1.running_mean": np.ones(4)}), r"'1.running_mean' \(4\) is neither weights nor"),
    (_arrays(**{"0.weight": np.ones((4, 3, 2, 2))}), r"'0.weight' \(4 x 3 x 2 x 2\) is neither"),
    (_arrays(**{"0.bias": np.ones(5)}), "'0.weight' leads to 4 nodes, and '0.bias' has 5 numbers"),
    (_arrays(**{"2.weight": np.ones((1, 5))}), "'0.weight' leads to 4 nodes, and '2.weight' comes"),
    (_arrays(**{"0.bias": np.full(4, np.nan)}), "'0.bias' holds numbers that are NaN"),
    (_arrays(**{"0.bias": np.zeros(0)}), "'0.bias' is empty"),
    ({"0.bias": np.ones(4)}, "'0.bias' has no weights beside it"),
    (_arrays(**{"0.bias": np.array([Unpickled()], object)}), "'0.bias' (cannot be read|must be)"),
    (_arrays(**{"0.bias": np.array(["a"])}), "'0.bias' must be numbers"),
    ({}, "holds no arrays"),
]


@pytest.mark.parametrize(("arrays", "message"), BAD_ARRAYS)
def test_arrays_that_cannot_be_used(arrays: dict[str, Any], message: str, tmp_path: Path):
    np.savez(tmp_path / "net.npz", **arrays)
    with pytest.raises(gn.GlassnetError, match=message) as raised:
        gn.read_parameters(tmp_path / "net.npz", **READ)
    _check_message(str(raised.value), "net.npz")
    with pytest.raises(gn.GlassnetError) as raised:
        gn.read_parameters(arrays, **READ)
    _check_message(str(raised.value), "")


def test_files_that_are_not_opened(tmp_path: Path):
    cases = {
        "net.pt": (b"PK", "can run code when it is opened: in PyTorch write safetensors"),
        "net.keras": (b"PK", "in Keras write numpy.savez"),
        "net.npz": (b"PK\x03\x04 and no more", "is no file of numpy.savez"),
        "net.safetensors": (b"\xff" * 20, "is no safetensors file"),
        "net.R": (b"\xff\xfe\x00", "is no text of UTF-8"),
        "net.xyz": (b"", "has the ending '.xyz'"),
    }
    for name, (content, message) in cases.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(gn.GlassnetError, match=message) as raised:
            gn.read_parameters(tmp_path / name, **READ)
        _check_message(str(raised.value), name)
    with pytest.raises(gn.GlassnetError, match="no such file"):
        gn.read_parameters(tmp_path / "none.npz", **READ)
    gn.Model.of_run((gn.Network([1, 1]), gn.initialize(gn.Network([1, 1])))).save(
        tmp_path / "model.safetensors"
    )
    with pytest.raises(gn.GlassnetError, match=r"model of glassnet: open it with glassnet\.load"):
        gn.read_parameters(tmp_path / "model.safetensors", **READ)


@pytest.mark.parametrize("cut", [30, 200, 400, 600])
@pytest.mark.parametrize("name", ["net.npz", "net.safetensors"])
def test_a_file_cut_short_is_one_error(name: str, cut: int, tmp_path: Path):
    file, state = tmp_path / name, _pytorch(_layers(3, 4, 1))
    if name.endswith("npz"):
        np.savez(file, **state)
    else:
        save_file(state, file)
    file.write_bytes(file.read_bytes()[:cut] if cut < 500 else file.read_bytes()[: -cut // 20])
    with pytest.raises(gn.GlassnetError, match="cut short") as raised:
        gn.read_parameters(file, **READ)
    _check_message(str(raised.value), name)


@pytest.mark.parametrize("missing", ["activation", "output"])
def test_functions_are_never_guessed(missing: str):
    arguments = {**READ, missing: None}
    with pytest.raises(gn.OptionError, match=f"nothing says which function .*{missing}='sigmoid'"):
        gn.read_parameters(_pytorch(_layers(3, 4, 1)), **arguments)


@pytest.mark.parametrize("given_", [None, 1.5, b"ab", {1: np.ones((1, 1))}, {1, 2}, [], [1.0], "x"])
def test_whatever_else_is_given(given_: Any):
    with pytest.raises(gn.GlassnetError) as raised:
        gn.read_parameters(given_, **READ)
    _check_message(str(raised.value), "")


@settings(max_examples=25, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 5), min_size=2, max_size=5),
    prefix=st.sampled_from(["", "net.", "a/b:", "0.1.", "\u4e2d"]),
    seed=st.integers(0, 9),
)
def test_any_stack_comes_back(sizes: list[int], prefix: str, seed: int):
    layers = _layers(*sizes, seed=seed)
    names = [f"{prefix}{3 * number}" for number in range(len(layers))]
    state = _pytorch(layers, names)
    shuffled = dict(sorted(state.items(), key=lambda item: hash(item[0])))
    model = gn.read_parameters(shuffled, **READ)
    for weights, (expected, _) in zip(model.parameters.weights, layers, strict=True):
        assert np.array_equal(weights, expected)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="weights1biases2<-=c(),matrix[]\n \"'\\#:.3eE$", max_size=60))
def test_any_text_of_r_is_read_or_refused(text: str):
    try:
        gn.read_parameters(f"{text}\n", **READ)
    except gn.GlassnetError as error:
        _check_message(str(error), "")
