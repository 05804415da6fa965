import { translated } from "./language";
import { pluralOf } from "./plurals";

const plural = pluralOf("en");

const english = {
  title: "Activity",
  hint: "What was done, newest first. It is kept for 90 days.",
  loading: "Loading the activity",
  empty: "Nothing yet. What you do appears here.",
  failed: "The activity could not be loaded.",
  retry: "Try again",
  more: "Show earlier",
  end: "That is all.",
  today: "Today",
  yesterday: "Yesterday",
  you: "You",
  staff: "Staff",
  clock: "The clock",
  /** Something as a sentence names it. */
  quoted: (title: string) => `“${title}”`,
  unnamed: {
    task: "a task",
    project: "a project",
    label: "a label",
    breakdown: "a plan",
    user: "your account",
    token: "an access token",
  } as Readonly<Record<string, string>>,
  something: "something",
  counts: {
    task: (count: number) => plural(count, "task", "tasks"),
    other: (count: number) => plural(count, "thing", "things"),
  },
  /** What was done, by the operation's verb. */
  done: {
    "task.create": (what: string) => `Added ${what}`,
    "task.update": (what: string) => `Changed ${what}`,
    "task.complete": (what: string) => `Completed ${what}`,
    "task.reopen": (what: string) => `Reopened ${what}`,
    "task.delete": (what: string) => `Deleted ${what}`,
    "task.restore": (what: string) => `Restored ${what}`,
    "task.move": (what: string) => `Moved ${what}`,
    "task.purge": (what: string) => `Removed ${what} for good`,
    "tasks.complete": (what: string) => `Completed ${what}`,
    "tasks.update": (what: string) => `Changed ${what}`,
    "tasks.delete": (what: string) => `Deleted ${what}`,
    "trash.empty": (what: string) => `Emptied the trash: ${what}`,
    batch: (what: string) => `Changed ${what}`,
    "project.create": (what: string) => `Made the project ${what}`,
    "project.update": (what: string) => `Changed the project ${what}`,
    "project.move": (what: string) => `Moved the project ${what}`,
    "project.delete": (what: string) => `Deleted the project ${what}`,
    "label.create": (what: string) => `Made the label ${what}`,
    "label.update": (what: string) => `Changed the label ${what}`,
    "label.delete": (what: string) => `Deleted the label ${what}`,
    "token.create": (what: string) => `Made the access token ${what}`,
    "token.update": (what: string) => `Renamed the access token ${what}`,
    "token.revoke": (what: string) => `Revoked the access token ${what}`,
    "user.update": () => "Changed your settings",
    "breakdown.start": (what: string) => `Asked for a plan for ${what}`,
    "breakdown.apply": (what: string) => `Added the plan for ${what}`,
    "breakdown.cancel": (what: string) => `Discarded the plan for ${what}`,
    "breakdown.regenerate": (what: string) => `Asked for other steps for ${what}`,
    "demo.fill": () => "Filled the board with samples",
    import: (what: string) => `Imported ${what}`,
    undo: (what: string) => `Took back a change to ${what}`,
    "task.missed": (what: string) => `Deadline passed: ${what}`,
  } as Readonly<Record<string, (what: string) => string>>,
  breakdownChanged: (what: string) => `Changed the plan for ${what}`,
  otherwise: (what: string) => `Changed ${what}`,
  undo: "Undo",
  undoOf: (sentence: string) => `Undo: ${sentence}`,
  undone: "taken back",
};

/** What the activity says; loaded with it. */
export const activity = translated("activity", english);
