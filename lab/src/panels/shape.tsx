/** 3-[4]-1: nodes and layers with plus and minus. */
import { MOST_HIDDEN_LAYERS, MOST_NODES, type Setup } from "../setup";
import { useLab } from "./context";
import type { Change } from "./source";

/** 3-[4]-1: nodes and layers with plus and minus. */
export function Shape({ setup, change }: { setup: Setup; change: Change }) {
  const lab = useLab();
  const { sizes } = lab.view.value.scene.network;
  const { hidden, model } = setup;
  if (model) return <span class="shape">{sizes.join("-")}</span>;
  const withNodes = (layer: number, nodes: number) => change({ hidden: hidden.with(layer, nodes) });
  return (
    <fieldset class="shape" aria-label="hidden layers">
      {sizes[0]}–
      {hidden.map((nodes, layer) => (
        <span key={layer} class="layer">
          <button
            type="button"
            aria-label={`a node less in hidden layer ${layer + 1}`}
            disabled={nodes <= 1}
            onClick={() => withNodes(layer, nodes - 1)}
          >
            −
          </button>
          <output aria-label={`nodes of hidden layer ${layer + 1}`}>{nodes}</output>
          <button
            type="button"
            aria-label={`a node more in hidden layer ${layer + 1}`}
            title={nodes >= MOST_NODES ? `${MOST_NODES} nodes a layer are the most` : undefined}
            disabled={nodes >= MOST_NODES}
            onClick={() => withNodes(layer, nodes + 1)}
          >
            +
          </button>
          –
        </span>
      ))}
      {sizes[sizes.length - 1]}
      <button
        type="button"
        aria-label="a hidden layer less"
        disabled={hidden.length === 0}
        onClick={() => change({ hidden: hidden.slice(0, -1) })}
      >
        −
      </button>
      <button
        type="button"
        aria-label="a hidden layer more"
        title={
          hidden.length >= MOST_HIDDEN_LAYERS
            ? `${MOST_HIDDEN_LAYERS} hidden layers are the most`
            : undefined
        }
        disabled={hidden.length >= MOST_HIDDEN_LAYERS}
        onClick={() => change({ hidden: [...hidden, hidden.at(-1) ?? 4] })}
      >
        +
      </button>
    </fieldset>
  );
}
