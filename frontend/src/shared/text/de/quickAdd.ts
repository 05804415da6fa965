import type { Parts } from "../parts";

export const quickAdd: Parts["quickAdd"] = {
  understood: "Verstanden",
  by: (when) => `bis ${when}`,
  endOf: (day) => `bis zum Ende von ${day}`,
  inZone: (when, zone) => `${when} (${zone})`,
  past: "schon vorbei",
  project: (name) => `Projekt ${name}`,
  label: (name) => `Label ${name}`,
  priority: (level) => `Priorität ${level}`,
  takes: (duration) => `dauert ${duration}`,
  hours: (hours) => `${hours} h`,
  minutes: (minutes) => `${minutes} min`,
  isNew: "neu",
  takeBack: (what) => `${what}. Zurücknehmen`,
  projects: "Projekte",
  labels: "Labels",
  added: (title) => `„${title.length > 40 ? `${title.slice(0, 39).trim()}…` : title}“ hinzugefügt.`,
  open: "Öffnen",
};
