import type { Parts } from "../parts";

import { activity } from "./activity";
import { board } from "./board";
import { breakdown } from "./breakdown";
import { keys } from "./keys";
import { landing } from "./landing";
import { settings } from "./settings";

/** German, whole: fetched by those who read it. It says du, as the page does to a friend. */
export const german: Parts = { activity, board, breakdown, keys, landing, settings };
