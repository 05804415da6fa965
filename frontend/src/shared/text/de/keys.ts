import type { Parts } from "../parts";

export const keys: Parts["keys"] = {
  title: "Tastatur",
  add: "Aufgabe hinzufügen",
  move: "Nach unten und oben",
  open: "Aufgabe öffnen",
  complete: "Erledigen oder wieder öffnen",
  breakDown: "In Schritte zerlegen",
  columns: "Anstehend, Verpasst, Erledigt",
  close: "Schließen",
  help: "Diese Liste",
};
