/**
 * The lab as a module: `mount` puts it into an element, `parts` are its inner parts for tests
 * (tests/lab), which run them without a browser.
 */
import { Engine } from "./engine/engine";
import { Training } from "./engine/training";
import * as table from "./table";

export const parts = { Engine, Training, ...table };
