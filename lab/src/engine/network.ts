/** What a network is, and where its parameters lie in one array. */

export interface Network {
  /** Nodes of each layer, the inputs first: L + 1 numbers. */
  sizes: number[];
  /** The activation of each layer of weights: L names. */
  activations: string[];
  bias: boolean;
  /** The loss's name, without its setting. */
  loss: string;
  /** The setting of a loss that has one, such as huber's threshold. */
  setting?: number;
}

/** How many layers of weights there are. */
export function layersOf(network: Network): number {
  return network.sizes.length - 1;
}

/** Where the weight from node `source` into node `node` of layer `layer` lies; all from 0. */
export function weightAt(network: Network, layer: number, source: number, node: number): number {
  return layerAt(network, layer) + source * network.sizes[layer + 1] + node;
}

/** Where the bias of a node lies. */
export function biasAt(network: Network, layer: number, node: number): number {
  let at = layerAt(network, layersOf(network));
  for (let before = 0; before < layer; before++) at += network.sizes[before + 1];
  return at + node;
}

/** Where the weights of a layer begin. */
export function layerAt(network: Network, layer: number): number {
  let at = 0;
  for (let before = 0; before < layer; before++)
    at += network.sizes[before] * network.sizes[before + 1];
  return at;
}
