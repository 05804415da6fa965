import { translated } from "./language";

const quoted = (title: string) => `“${title}”`;

const english = {
  title: "History",
  older: "Show older",
  loading: "Loading the history",
  failed: (why: string) => `The history could not be read. ${why}`,
  retry: "Try again",
  none: "Nothing yet.",
  undo: "Undo",
  undoLabel: (what: string) => `Undo: ${what}`,
  takenBack: "taken back",
  staff: "by staff",

  missed: "Missed its deadline",
  created: "Added",
  completed: "Completed",
  reopened: "Reopened",
  deleted: "Deleted",
  restored: "Brought back",
  undid: "Took a change back",
  imported: "Imported",
  changed: "Changed",

  title_: (title: string) => `Renamed to ${quoted(title)}`,
  notes: "Changed the notes",
  notesGone: "Cleared the notes",
  deadline: (when: string) => `Due ${when}`,
  deadlineGone: "Took the deadline off",
  priority: (priority: string) => `Priority: ${priority}`,
  estimate: (work: string) => `Estimated at ${work}`,
  estimateGone: "Took the estimate off",
  project: (name: string) => `Moved to ${quoted(name)}`,
  projectGone: "Took it out of its project",
  label: (name: string) => `Labelled ${quoted(name)}`,
  labelGone: (name: string) => `Took the label ${quoted(name)} off`,
  parent: (title: string) => `Made a step of ${quoted(title)}`,
  parentGone: "Made a task of its own",
  position: "Moved in the order",
  somewhere: "another one",
};

/** What became of a task, in sentences; loaded with its history. */
export const history = translated("history", english);
