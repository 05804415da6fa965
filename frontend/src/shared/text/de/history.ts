import type { Parts } from "../parts";

import { quoted } from "./words";

export const history: Parts["history"] = {
  title: "Verlauf",
  older: "Früheres zeigen",
  loading: "Der Verlauf wird geladen",
  failed: (why) => `Der Verlauf ließ sich nicht lesen. ${why}`,
  retry: "Noch einmal versuchen",
  none: "Noch nichts.",
  undo: "Rückgängig",
  undoLabel: (what) => `Rückgängig: ${what}`,
  takenBack: "zurückgenommen",
  staff: "von der Betreuung",

  missed: "Frist verpasst",
  created: "Hinzugefügt",
  completed: "Erledigt",
  reopened: "Wieder geöffnet",
  deleted: "Gelöscht",
  restored: "Zurückgeholt",
  undid: "Eine Änderung zurückgenommen",
  imported: "Importiert",
  changed: "Geändert",

  title_: (title) => `Umbenannt in ${quoted(title)}`,
  notes: "Notizen geändert",
  notesGone: "Notizen geleert",
  deadline: (when) => `Fällig ${when}`,
  deadlineGone: "Frist entfernt",
  priority: (priority) => `Priorität: ${priority}`,
  estimate: (work) => `Auf ${work} geschätzt`,
  estimateGone: "Schätzung entfernt",
  project: (name) => `Verschoben nach ${quoted(name)}`,
  projectGone: "Aus dem Projekt genommen",
  label: (name) => `Label ${quoted(name)} hinzugefügt`,
  labelGone: (name) => `Label ${quoted(name)} entfernt`,
  parent: (title) => `Zum Schritt von ${quoted(title)} gemacht`,
  parentGone: "Zur eigenen Aufgabe gemacht",
  position: "In der Reihenfolge verschoben",
  somewhere: "etwas anderem",
};
