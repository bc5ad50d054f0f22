"""Our networks as steps of pipelines that skl2onnx converts to ONNX.

The graph of a step is that of `exports/onnx`, from the step's inputs on. A whole model, with its
columns, is `glassnet.export(model, "onnx")`.
"""

from typing import Any

import numpy as np

from glassnet.errors import GlassnetError
from glassnet.estimators.mlp.classifier import MLPClassifier
from glassnet.estimators.mlp.regressor import MLPRegressor
from glassnet.exports.onnx.layers import add_layers
from glassnet.exports.onnx.nodes import ONNX_TYPES, GraphNodes
from glassnet.exports.plan import export_plan
from glassnet.models.conversion import as_model


def register_onnx_converters() -> None:
    """Let skl2onnx convert pipelines in which MLPClassifier and MLPRegressor stand.

    Afterwards `skl2onnx.to_onnx(pipeline, X)` gives an ONNX model, in float32 or double as X is.
    Its options are those of scikit-learn's own classifiers: `zipmap` (in double it must be False,
    as ONNX has it for float32 alone), `nocl` and `output_class_labels`. The table estimators encode
    columns of text by themselves: give them to `glassnet.export`.

    Raises
    ------
    GlassnetError
        Where skl2onnx is not installed.

    Examples
    --------
    >>> import glassnet as gn
    >>> from skl2onnx import to_onnx
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> X, y = load_iris(return_X_y=True)
    >>> network = gn.MLPClassifier((4,), tol=0.01, learning_rate_init=0.05, random_state=0)
    >>> pipeline = make_pipeline(StandardScaler(), network).fit(X, y)
    >>> gn.register_onnx_converters()
    >>> graph = to_onnx(pipeline, X[:1], options={"zipmap": False}).graph
    >>> [output.name for output in graph.output]
    ['label', 'probabilities']
    """
    try:
        from skl2onnx import update_registered_converter
    except ImportError:
        raise GlassnetError(
            "converters are registered with skl2onnx, which is not installed",
            remedy="pip install skl2onnx, or use glassnet.export(model, 'onnx')",
        ) from None
    options = {
        "zipmap": [True, False, "columns"],
        "nocl": [True, False],
        "output_class_labels": [False, True],
    }
    update_registered_converter(
        MLPClassifier, "GlassnetMLPClassifier", _shape_classes, _convert_classifier, options=options
    )
    update_registered_converter(
        MLPRegressor, "GlassnetMLPRegressor", _shape_numbers, _convert_regressor
    )


def _shape_classes(operator: Any) -> None:
    """Types and shapes of labels and probabilities; of several labels at once there is one each."""
    from skl2onnx.common.shape_calculator import calculate_linear_classifier_output_shapes

    calculate_linear_classifier_output_shapes(operator)
    if _several_labels(operator.raw_operator):
        for output in operator.outputs:
            output.type.shape = [output.type.shape[0], operator.raw_operator.n_outputs_]


def _shape_numbers(operator: Any) -> None:
    from skl2onnx.common.shape_calculator import calculate_linear_regressor_output_shapes

    calculate_linear_regressor_output_shapes(operator)
    output = operator.outputs[0].type
    output.shape = [output.shape[0], operator.raw_operator.n_outputs_]


def _several_labels(classifier: MLPClassifier) -> bool:
    return classifier.n_outputs_ > 1 and classifier.out_activation_ != "softmax"


def _convert_regressor(scope: Any, operator: Any, container: Any) -> None:
    nodes = _nodes(scope, operator)
    outputs = _outputs(nodes, operator)
    nodes.add_to([operator.outputs[0].full_name], "Identity", outputs)
    _copy(nodes, container)


def _convert_classifier(scope: Any, operator: Any, container: Any) -> None:
    from skl2onnx.common.utils_classifier import get_label_classes

    classifier = operator.raw_operator
    label, probabilities = (output.full_name for output in operator.outputs)
    classes = np.asarray(get_label_classes(scope, classifier))
    classes = classes.astype(object if classes.dtype.kind in "OUS" else np.int64)
    nodes = _nodes(scope, operator)
    p = _outputs(nodes, operator)
    if classifier.n_outputs_ == 1:
        p = nodes.add("Concat", nodes.write("1 - a", a=p), p, axis=1)
    nodes.add_to([probabilities], "Identity", p)
    if _several_labels(classifier):
        likely = nodes.write("p > 0.5", p=p)
        nodes.add_to([label], "Cast", likely, to=ONNX_TYPES["int64"])
    else:
        chosen = nodes.add("ArgMax", p, axis=1, keepdims=0)
        nodes.add_to([label], "Gather", nodes.constant(classes, "classes"), chosen, axis=0)
    _copy(nodes, container)


def _nodes(scope: Any, operator: Any) -> GraphNodes:
    """An empty graph, in double where the step's inputs are."""
    from skl2onnx.common.data_types import DoubleTensorType

    is_double = isinstance(operator.inputs[0].type, DoubleTensorType)
    prefix = scope.get_unique_variable_name("glassnet") + "/"
    return GraphNodes("float64" if is_double else "float32", prefix)


def _outputs(nodes: GraphNodes, operator: Any) -> str:
    """The network's outputs, N x K."""
    x = nodes.add("Cast", operator.inputs[0].full_name, to=ONNX_TYPES[nodes.dtype])
    return add_layers(nodes, export_plan(as_model(operator.raw_operator)), x)


def _copy(nodes: GraphNodes, container: Any) -> None:
    """Put the graph into that of the pipeline."""
    for name, array in nodes.constants.items():
        values = [text.encode() for text in array.flat] if array.dtype == object else array.ravel()
        container.add_initializer(name, ONNX_TYPES[array.dtype.name], list(array.shape), values)
    for node in nodes.nodes:
        container.add_node(
            node.op, list(node.inputs), list(node.outputs), name=node.outputs[0], **node.attributes
        )
