/** The losses that the lab offers for each task, with the output that goes with each. */
import type { Setup } from "./setup";
import type { Task } from "./table/encoding";

export interface OfferedLoss {
  loss: string;
  output: string;
  title: string;
}

const ARTICLE: OfferedLoss = {
  loss: "sum_of_squares",
  output: "sigmoid",
  title: "sum of squares, sigmoid",
};

/** The first is the usual one. */
export const LOSSES: Record<Task, OfferedLoss[]> = {
  regression: [
    { loss: "mean_squared_error", output: "identity", title: "mean squared error" },
    { loss: "mean_absolute_error", output: "identity", title: "mean absolute error" },
    { loss: "sum_of_squares", output: "identity", title: "sum of squares" },
    ARTICLE,
  ],
  binary: [
    { loss: "binary_cross_entropy", output: "sigmoid", title: "cross-entropy, sigmoid" },
    ARTICLE,
  ],
  multiclass: [
    { loss: "categorical_cross_entropy", output: "softmax", title: "cross-entropy, softmax" },
    ARTICLE,
  ],
};

/** The set-up with its loss, or with the usual one of the task where that does not offer it. */
export function withLoss(setup: Setup, task: Task): Setup {
  const { loss, output } = setup;
  const offered = LOSSES[task];
  if (offered.some((one) => one.loss === loss && one.output === output)) return setup;
  const [usual] = offered;
  return { ...setup, loss: usual.loss, output: usual.output };
}
