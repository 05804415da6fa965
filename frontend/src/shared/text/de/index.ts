import type { Parts } from "../parts";

import { activity } from "./activity";
import { board } from "./board";
import { breakdown } from "./breakdown";
import { history } from "./history";
import { insights } from "./insights";
import { keys } from "./keys";
import { landing } from "./landing";
import { quickAdd } from "./quickAdd";
import { settings } from "./settings";
import { views } from "./views";

/** German, whole: fetched by those who read it. It says du, as the page does to a friend. */
export const german: Parts = {
  activity,
  board,
  breakdown,
  history,
  insights,
  keys,
  landing,
  quickAdd,
  settings,
  views,
};
