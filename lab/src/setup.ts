/** What is set up in the top bar: everything that decides the numbers of a run. */
import type { Network } from "./engine/network";
import type { Optimizer } from "./engine/training";
import type { Encoding, Rule } from "./table/encoding";
import type { Table } from "./table/table";

/** What the page offers at most; links say no more. */
export const MOST_NODES = 16; // of a hidden layer, and of any layer in the picture
export const MOST_HIDDEN_LAYERS = 3;
export const MOST_ITERATIONS = 1_000_000;

export interface Setup {
  /** All of it: rows without a target too, which are not learnt from. */
  table: Table;
  /** The example that the table is, for links; "" where it is the user's. */
  example: string;
  /** The formula that the classes of the table were made by; "" where there is none. */
  formula: string;
  targets: string[];
  /** Columns that are not inputs. */
  ignored: string[];
  rule: Rule;
  /** Nodes of each hidden layer. */
  hidden: number[];
  /** Of the hidden layers. */
  activation: string;
  /** "": the usual one of the task, with its output. */
  loss: string;
  /** The output activation where the loss does not say it. */
  output: string;
  bias: boolean;
  optimizer: Optimizer["name"];
  rate: number;
  /** Rows of an update; 0: all. */
  batchSize: number;
  /** How weights begin. */
  start: string;
  seed: number;
  /** How many iterations are planned: the end of the course. */
  iterations: number;
  /** How many columns the picture has that the inputs are; 0: they are none. */
  picture: number;
  /** What a model file brought: its encoding and weights stand in for the rule and the start. */
  model: OpenedModel | null;
}

/** One network of a model file. */
export interface OpenedModel {
  name: string;
  encoding: Encoding;
  network: Network;
  /** Weight matrices, then biases, in one array. */
  parameters: Float64Array;
  /** Which of the model's members it is, from 1, and how many there are. */
  member: number;
  members: number;
  /** The file itself. */
  bytes: Uint8Array;
}
