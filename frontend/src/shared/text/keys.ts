import { translated } from "./language";

const english = {
  title: "Keyboard",
  add: "Add a task",
  move: "Move down and up",
  open: "Open the task",
  complete: "Complete or reopen",
  breakDown: "Break down",
  columns: "Upcoming, Missed, Completed",
  close: "Close",
  help: "This list",
};

/** What the list of keys says; loaded with it. */
export const keys = translated("keys", english);
