import { translated } from "./language";

const english = {
  title: "Keyboard",
  groups: { go: "Getting about", one: "One task", many: "Many tasks", move: "Moving" },
  add: "Add a task",
  addAndOpen: "Add it and open it",
  move: "Move down and up",
  open: "Open the task",
  complete: "Complete or reopen",
  reschedule: "Reschedule",
  breakDown: "Break down",
  remove: "Delete",
  columns: "Upcoming, Missed, Completed",
  search: "Search",
  anything: "Anything",
  undo: "Take back what was done last",
  mark: "Select",
  range: "Select on, down or up",
  all: "Select all",
  none: "Select none",
  up: "Up or down in its group",
  day: "To the next or previous day",
  close: "Close",
  help: "This list",
  palette: "Anything",
  palettePlaceholder: "Go to, find or do anything",
  atHand: "At hand",
  moveTo: "Move to a project",
  movePlaceholder: "To which project?",
  goTo: "Go to",
  other: "Also",
  theme: "Change the theme",
};

/** What the list of keys and the palette say; loaded with them. */
export const keys = translated("keys", english);
