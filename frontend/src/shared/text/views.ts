import { translated } from "./language";
import { pluralOf } from "./plurals";

const plural = pluralOf("en");
const quoted = (title: string) => `“${title}”`;

const english = {
  places: "Places",
  all: "All",
  today: "Today",
  insights: "Insights",
  activity: "Activity",
  projects: "Projects",
  labels: "Labels",
  archived: (count: number) => `Archived ${count}`,
  open: "open",
  chooseView: "Choose what to see",
  archivedProject: "This project is archived.",
  goneProject: "This project does not exist any more.",
  goneLabel: "This label does not exist any more.",
  toAll: "Show all tasks",

  addProject: "Add a project",
  addLabel: "Add a label",
  newProject: "New project",
  newLabel: "New label",
  editProject: "Edit the project",
  editLabel: "Edit the label",
  more: (name: string) => `More for ${quoted(name)}`,
  edit: "Edit",
  archive: "Archive",
  unarchive: "Bring back",
  remove: "Delete",
  name: "Name",
  colour: "Colour",
  colours: {
    grey: "Grey",
    red: "Red",
    orange: "Orange",
    amber: "Amber",
    lime: "Lime",
    green: "Green",
    teal: "Teal",
    blue: "Blue",
    indigo: "Indigo",
    violet: "Violet",
    pink: "Pink",
    brown: "Brown",
  },
  save: "Save",
  cancel: "Cancel",
  removeLabel: (name: string) =>
    `Delete the label ${quoted(name)}? Tasks lose it; nothing else happens.`,
  removeProject: (name: string) => `Delete the project ${quoted(name)}?`,
  removeWith: (count: number) => `It has ${plural(count, "open task", "open tasks")}.`,
  keepTasks: "Keep its tasks",
  removeTasks: "Delete its tasks too",

  search: "Search",
  searchHint: "Search tasks",
  clearSearch: "Clear the search",
  filter: "Filter",
  filters: "Filters",
  anyProject: "Any project",
  noProject: "No project",
  anyLabel: "Any label",
  priority: "Priority",
  anyPriority: "Any priority",
  order: "Order",
  byTime: "By time",
  byHand: "By hand",
  byHandNow: "Now in your own order.",
  byTimeAgain: "Order by time",
  takeOff: (what: string) => `Take off the filter ${quoted(what)}`,
  clear: "Clear all",
  nothingFound: "Nothing here matches.",
  nothingToday: "Nothing more today.",
  elsewhere: "Not on the board",
  elsewhereHint: "Found among what was completed long ago.",

  select: "Select",
  selected: "selected",
  selectedCount: (count: number) => `${count} selected`,
  selectionBar: "Selected tasks",
  complete: "Complete",
  reopen: "Reopen",
  reschedule: "Reschedule",
  move: "Move",
  label: "Label",
  unselect: "Select none",
  later: {
    today: "Today",
    /** In place of a time, once the evening is over. */
    todayEnd: "Today, until midnight",
    tomorrow: "Tomorrow",
    free: "Next free slot",
    freeAt: (when: string) => `Next free slot: ${when}`,
    /** Of several tasks each gets a time of its own. */
    freeEach: "Next free slot for each",
    pick: "Pick a time",
    noFree: (days: number) =>
      `There is no free slot in the next ${plural(days, "day", "days")}. Pick a time instead.`,
    /** For some of them there was one. */
    noFreeFor: (count: number, days: number) =>
      `${plural(count, "task stays as it was", "tasks stay as they were")}: there is no free slot in the next ${plural(days, "day", "days")}.`,
  },
  undo: "Undo",
  undone: "Taken back.",
  /** After what was done, as a sentence. */
  undoneWhat: (what: string) => `Taken back: ${what}`,
  notUndone: (why: string) => `It was not taken back. ${why}`,
  openParts: (title: string, count: number) =>
    `${quoted(title)} has ${plural(count, "open step", "open steps")}. Complete ${count === 1 ? "it" : "them"} too?`,
  completeParts: "Complete all",

  dragging: (title: string) => `Moving ${quoted(title)}`,
  droppedOn: (title: string, where: string) => `${quoted(title)}: ${where}.`,
  movedUp: (title: string) => `${quoted(title)} moved up.`,
  movedDown: (title: string) => `${quoted(title)} moved down.`,
  atEdge: "It cannot go further.",

  project: "Project",
  estimate: "Estimate",
  estimateHint: "Such as 45 min or 1 h 30 min",
  noEstimate: "No estimate",
  estimateBad: "Write a length of time, such as 45 min or 2 h.",
  addStep: "Add a step",
  editNotes: "Edit the notes",
  history: "History",
};

/** What the frame and the board's tools say: places, filters, many at once, order. */
export const views = translated("views", english);
