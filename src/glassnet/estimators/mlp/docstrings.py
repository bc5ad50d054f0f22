"""The parts of their documentation that MLPClassifier and MLPRegressor share."""

PARAMETERS = """
    hidden_layer_sizes : int or sequence of int
        The nodes of each hidden layer; () is none.
    activation : str, Activation or list
        Of the hidden layers: "identity", "logistic" (or "sigmoid"), "tanh", "relu", "leaky_relu",
        "elu", "selu", "gelu", "silu", "mish", "softplus" or "exponential", a custom
        ``Activation(value=..., derivative=...)``, or a list with one for each layer.
    solver : str or Optimizer
        "adam", "sgd" (with momentum) or "rprop" go by epochs; "lbfgs" (SciPy's L-BFGS-B) and "lm"
        (Levenberg-Marquardt, for losses that are sums of squares) take all rows at once, as rprop
        does. Any `Optimizer`, such as ``AdamW(0.003)``, goes by epochs too, at its own rate.
    alpha : float
        Strength of the L2 penalty on weights, alpha/2 * sum of squares over the rows (their
        weights added up); it is the same whatever the batch size.
    batch_size : int or "auto"
        Rows of an update; "auto" is min(200, rows). Not for solvers that take all rows at once.
    learning_rate : str or callable
        "constant"; for sgd also "invscaling" (learning_rate_init / t ** power_t, t the rows seen)
        and "adaptive" (a fifth of it whenever `n_iter_no_change` epochs in a row were no better);
        for every solver that goes by epochs a schedule over the `max_iter` epochs: "step",
        "cosine", "flat_cosine", "one_cycle", "warm_up", "warm_up_cosine", "four_cycles", or a
        function from the fractions of the run that are done (an array, from 0 to 1) to factors.
    learning_rate_init : float
        The learning rate at the start.
    power_t : float
        The exponent of "invscaling".
    max_iter : int
        Epochs at most; iterations of lbfgs and lm.
    shuffle : bool
        Whether batches are drawn anew for each epoch.
    random_state : int, RandomState or None
        Weights, the validation split and batches are drawn as scikit-learn draws them.
    tol : float
        An epoch is better if the loss is lower (or the score higher) by this. lbfgs and lm end
        when no entry of the gradient is larger.
    verbose : bool
        Whether to print each iteration (an epoch) and why the fit ended, as scikit-learn does.
    warm_start : bool
        Whether fit goes on from the weights of the fit before.
    momentum : float
        Of sgd.
    nesterovs_momentum : bool
        Whether that momentum is Nesterov's.
    early_stopping : bool
        Stop when the score on validation rows has not been better by `tol` for more than
        `n_iter_no_change` epochs, and keep the best epoch's weights. The rows are fit's X_val and
        y_val, or `validation_fraction` of those given (for lbfgs, as in scikit-learn, only X_val
        and y_val).
    validation_fraction : float
        The fraction of rows that early stopping sets aside.
    beta_1, beta_2, epsilon : float
        Of adam.
    n_iter_no_change : int
        Epochs without a better loss or score before the end; numpy.inf: never.
    max_fun : int
        Evaluations of the loss at most, for lbfgs.
    dropout : float or sequence of float
        The fraction of hidden nodes left out of each update, for all hidden layers or for each.
    l1 : float
        Strength of an L1 penalty, as alpha is of L2.
    clip_norm : float, optional
        The largest norm a gradient may have; a longer one is scaled to it.
    scoring : str, callable or None
        What early stopping goes by: None (accuracy, or R2, of several outputs the mean of
        theirs), "loss" (the validation loss), a scorer's name, or a scorer.
    init : Parameters, tuple, Model or estimator, optional
        Weights to start from: (coefs, intercepts), a Model, or a fitted estimator; None: drawn.
    weight_masks : list of array, optional
        A matrix of 0 and 1 for each matrix of weights: where it is 0 the weight stays 0.
    n_restarts : int
        How many more times to train from new weights; the best by validation score, else by
        loss, is kept, and `restarts_` has all.
    n_jobs : int, optional
        Threads that wide layers may use; None: every core allowed, or OMP_NUM_THREADS. No result
        depends on it."""

ATTRIBUTES = """
    coefs_, intercepts_ : list of array
        The weights and biases of each layer. They may be changed: predictions go by them.
    history_ : dict of array
        One entry an epoch, for every solver: epoch, iteration, loss (penalty included), penalty,
        learning_rate, gradient_norm (the mean over the epoch's updates), and with validation rows
        validation_loss and validation_score.
    diagnosis_ : str
        Why the fit ended. Where it should have gone on this is a ConvergenceWarning too.
    loss_, best_loss_ : float
        The last loss, and the lowest (None with early stopping).
    loss_curve_ : list of float
        The loss of every epoch.
    validation_scores_, best_validation_score_ : list of float, float
        With early stopping, else None.
    best_iter_ : int
        The epoch whose weights were kept.
    n_iter_, t_ : int
        Epochs (or iterations) of the last call, and rows seen by all calls.
    restarts_ : dict
        loss (and validation_score) of every run, and which was chosen.
    n_layers_, n_outputs_, out_activation_ : int, int, str
        The network in scikit-learn's words.
    network_ : Network
        The same as a glassnet Network.
    model_ : Model
        What predicts the same: ``mlp.model_.save("x.safetensors")`` writes the file that
        `glassnet predict` and `glassnet.load` read.
    n_features_in_, feature_names_in_ : int, array of str
        What X was."""

RAISES = """Raises
    ------
    ValueError
        Naming the parameter, on what cannot be used (GlassnetError is one)."""
