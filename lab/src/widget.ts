/** A notebook's widget: where the training stands goes to Python and comes from there. */
import { effect } from "@preact/signals";
import { saveModel } from "./models/file";
import type { Shared } from "./opened";
import type { PageState } from "./panels/context";

const SETTLED = 200; // milliseconds without a change, after which Python is told

export interface WidgetModel {
  get<Name extends keyof Shared>(name: Name): Shared[Name];
  set<Name extends keyof Shared>(name: Name, value: Shared[Name]): void;
  save_changes(): void;
  on(event: string, listener: () => void): void;
  off(event: string, listener: () => void): void;
}

/** Connects a page with its model in the notebook; gives what ends that. */
export function connect(page: PageState, model: WidgetModel): () => void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const tell = () => {
    const lab = page.lab.value;
    const { scene, prepared, position } = lab.view.value;
    const { setup, encoding, network } = prepared;
    const losses = lab.losses.slice(0, position.iteration);
    const { parameters } = scene.batch;
    const bytes = saveModel({ setup, encoding, network, parameters, losses });
    model.set("iteration", position.iteration);
    model.set("model_file", new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    model.save_changes();
  };
  const end = effect(() => {
    page.lab.value.view.value;
    clearTimeout(waiting);
    waiting = setTimeout(tell, SETTLED);
  });
  const listen = () => {
    const iteration = model.get("iteration");
    const lab = page.lab.value;
    if (iteration === lab.position.value.iteration) return;
    page.player.pause();
    lab.goTo(iteration);
  };
  model.on("change:iteration", listen);
  return () => {
    end();
    clearTimeout(waiting);
    model.off("change:iteration", listen);
  };
}
