import { en } from "./en";
import { translated } from "./language";

/** Every sentence that the board says; what is loaded apart from it has its own beside this. */
export type Messages = typeof en;

export const text: Messages = translated("board", en);
