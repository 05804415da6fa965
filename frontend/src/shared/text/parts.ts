import type { activity } from "./activity";
import type { breakdown } from "./breakdown";
import type { en } from "./en";
import type { history } from "./history";
import type { insights } from "./insights";
import type { keys } from "./keys";
import type { landing } from "./landing";
import type { quickAdd } from "./quickAdd";
import type { settings } from "./settings";
import type { views } from "./views";

/** The parts of the catalogue. Another language has all of them, which its type makes sure of. */
export interface Parts {
  readonly activity: typeof activity;
  readonly breakdown: typeof breakdown;
  readonly board: typeof en;
  readonly history: typeof history;
  readonly insights: typeof insights;
  readonly keys: typeof keys;
  readonly landing: typeof landing;
  readonly quickAdd: typeof quickAdd;
  readonly settings: typeof settings;
  readonly views: typeof views;
}
