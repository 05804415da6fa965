import { translated } from "./language";

/** Enough of a title to know it by. */
const quoted = (title: string) =>
  `“${title.length > 40 ? `${title.slice(0, 39).trim()}…` : title}”`;

const english = {
  understood: "Understood",
  by: (when: string) => `by ${when}`,
  endOf: (day: string) => `by the end of ${day}`,
  inZone: (when: string, zone: string) => `${when} (${zone})`,
  past: "has passed",
  project: (name: string) => `project ${name}`,
  label: (name: string) => `label ${name}`,
  priority: (level: number) => `priority ${level}`,
  takes: (duration: string) => `takes ${duration}`,
  hours: (hours: number) => `${hours} h`,
  minutes: (minutes: number) => `${minutes} min`,
  isNew: "new",
  takeBack: (what: string) => `${what}. Take back`,
  projects: "Projects",
  labels: "Labels",
  added: (title: string) => `Added ${quoted(title)}.`,
  open: "Open",
};

/** What the line for a new task says of what it understood; loaded when something is typed. */
export const quickAdd = translated("quickAdd", english);
