/** The numbers of the iteration that a training stands before, ready to be asked for by name. */
import type { Training } from "../engine/training";
import type { Scene } from "./rows";

/** `features` and `stepsOf` are as in Scene. */
export function sceneOf(
  training: Training,
  features: string[],
  stepsOf: Scene["stepsOf"] = () => [],
): Scene {
  const batch = training.look();
  const { data, engine, network, optimizer, iteration } = training;
  const table = batch.rows === data.rows ? batch : training.lookAt(0, data.rows);
  return { engine, network, batch, table, data, features, optimizer, iteration, stepsOf };
}
