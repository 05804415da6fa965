/** What the list of keys says; loaded with it. */
export const keys = {
  title: "Keyboard",
  add: "Add a task",
  addAndOpen: "Add it and open it",
  move: "Move down and up",
  open: "Open the task",
  complete: "Complete or reopen",
  breakDown: "Break down",
  columns: "Upcoming, Missed, Completed",
  close: "Close",
  help: "This list",
};
