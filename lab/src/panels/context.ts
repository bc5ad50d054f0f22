/** What every panel is given: the lab, its player, and how numbers are written. */
import type { Signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { numeral } from "../explain/numeral";
import type { Value } from "../explain/parts";
import type { Lab } from "../lab";
import type { Player } from "../player";

export interface PageState {
  lab: Signal<Lab>;
  player: Player;
  /** Significant digits of a number. */
  digits: Signal<number>;
  /** Whether hidden nodes show how they respond. */
  pictures: Signal<boolean>;
  /** The two columns that the answer is drawn over: their numbers among the columns of numbers. */
  axes: Signal<[number, number]>;
  /** The link that the page was opened by, which may wait for its table; "" where there is none. */
  link: string;
  /** What the page is in. */
  root: HTMLElement;
  /** Whether the address of the browser is the page's own. */
  hasAddress: boolean;
  /** Where keys are listened to: the whole page, or a notebook's widget alone. */
  keys: EventTarget;
  /** The tab that a phone shows. */
  tab: Signal<Tab>;
}

export const TABS = ["table", "network", "sum", "course"] as const;
export type Tab = (typeof TABS)[number];

const Page = createContext<PageState | null>(null);
export const PageProvider = Page.Provider;

export function usePage(): PageState {
  const page = useContext(Page);
  if (!page) throw new Error("outside of a page");
  return page;
}

export function useLab(): Lab {
  return usePage().lab.value;
}

/** A number as it is written in small spaces. */
export function short(value: Value, digits = 3): string {
  return numeral(value, digits).replaceAll("-", "−");
}

const FULL_BELOW = 1e5; // beside an axis there is room for five digits

/** A number beside an axis: 50000, 1.5e6. */
export function atTick(value: number): string {
  if (Math.abs(value) < FULL_BELOW) return short(value);
  const [mantissa, exponent] = value.toExponential(2).split("e");
  return `${short(Number(mantissa))}e${Number(exponent)}`;
}
