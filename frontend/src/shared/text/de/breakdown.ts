import type { Parts } from "../parts";

import { plural, quoted } from "./words";

const steps = (count: number) => plural(count, "Schritt", "Schritte");

export const breakdown: Parts["breakdown"] = {
  title: "In Schritte zerlegen",
  close: "Schließen",

  goal: "Ziel",
  goalPlaceholder: "Meine Abschlussarbeit schreiben",
  byWhen: "Bis wann",
  pastDeadline: "Diese Zeit ist schon vorbei. Wähle eine spätere, sonst passen die Schritte nicht.",
  inAWeek: "In einer Woche",
  inAMonth: "In einem Monat",
  granularity: "Wie fein",
  grains: {
    1: "Nur der Umriss",
    2: "Große Schritte",
    3: "Mittlere Schritte",
    4: "Kleine Schritte",
    5: "Jeder kleine Handgriff",
  },
  context: "Was sonst noch zählt",
  contextHint: "Wenn du magst",
  contextPlaceholder: "Was schon getan ist, was du hast, wovor dir graut",
  start: "Anfangen",
  starting: "Es geht los",

  gemini: (model) => (model === null ? "Gemini" : `Gemini (${model})`),
  offline: "Feste Regeln, keine KI",
  willMake: (who) => `Es plant: ${who}.`,
  asked: (who) => `Es plant: ${who}`,
  madeBy: (who) => `Geplant von: ${who}`,
  left: (left, limit) => `Heute sind noch ${left} von ${limit} Plänen übrig.`,
  usedUp: (when) => `Die Pläne für heute sind aufgebraucht; neue gibt es ${when}.`,

  queued: "Gleich geht es los",
  making: "Die Schritte entstehen",
  cancel: "Abbrechen",
  dropped:
    "Die Verbindung ist abgerissen. Die Schritte entstehen trotzdem; du siehst sie, sobald sie wieder steht.",
  heardStep: (number, title) => `Schritt ${number}: ${title}`,
  heardReady: (count, work) => `Der Plan ist fertig: ${steps(count)}, ${work}.`,
  heardQuestions: (count) => `Zuerst ${plural(count, "Frage", "Fragen")}.`,
  heardFailed: "Der Plan kam nicht zustande.",
  heardNoPlan: "Das braucht keinen Plan.",
  total: (count, work) => `${steps(count)}, ${work}`,

  questionsTitle: "Erst ein paar Fragen",
  questionsHint: "Antworte, so weit du kannst; beim Rest gilt das Übliche.",
  goOn: "Weiter",

  noPlanTitle: "Das braucht keinen Plan",
  addAsTask: "Als Aufgabe hinzufügen",
  addedAsTask: (goal) => `${quoted(goal)} hinzugefügt.`,
  justDoIt: "In Ordnung",

  failed: {
    ai_blocked: "Gemini wollte das nicht planen. Vielleicht helfen andere Worte für das Ziel.",
    ai_truncated: "Der Plan wurde zu lang und abgeschnitten. Größere Schritte könnten helfen.",
    ai_invalid_output: "Was zurückkam, war kein brauchbarer Plan.",
    ai_quota: "Das Kontingent von Gemini ist vorerst erschöpft.",
    ai_unavailable: "Gemini ist gerade nicht zu erreichen.",
    ai_timeout: "Gemini hat zu lange gebraucht.",
  },
  failedTitle: "Der Plan kam nicht zustande",
  formerStands: "Es gibt keinen neuen Plan; der von vorher gilt weiter.",
  retryAt: (when) => `${when} kannst du es wieder versuchen.`,
  again: "Noch einmal versuchen",
  change: "Anfrage ändern",

  closedTitle: { applied: "Dieser Plan ist übernommen", cancelled: "Dieser Plan ist verworfen" },
  closedHint: {
    applied: "Seine Schritte stehen auf deinem Brett.",
    cancelled: "Er wurde aufgegeben, vielleicht in einem anderen Fenster.",
  },
  newPlan: "Neuen Plan machen",
  goneTitle: "Diesen Plan gibt es nicht mehr",
  loading: "Der Plan wird geladen",

  steps: "Schritte",
  noSteps: "Es sind keine Schritte übrig. Füge einen hinzu oder lass neue machen.",
  addStep: "Schritt hinzufügen",
  newStep: "Neuer Schritt",
  newEstimate: "Wie lange er dauert",
  add: "Hinzufügen",
  stepTitle: (number) => `Schritt ${number}`,
  estimate: (title) => `Dauer von ${quoted(title)}`,
  estimateHint: "Zum Beispiel 45 min oder 1 h 30 min",
  lock: (title) => `${quoted(title)} festhalten`,
  lockHint: "Was festgehalten ist, bleibt, wenn der Plan neu gemacht wird",
  more: (title) => `Mehr zu ${quoted(title)}`,
  split: "In kleinere Schritte teilen",
  remove: "Entfernen",
  optional: "freiwillig",
  about: "Zu diesem Schritt",
  turn: (from, to) => `${from} – ${to}`,
  doneWhen: (what) => `Fertig, wenn: ${what}`,
  move: (number, title) => `${number}. ${quoted(title)} bewegen: ziehen oder Pfeiltasten`,
  moved: (title, place, all) => `${quoted(title)} ist jetzt ${place} von ${all}.`,
  removed: (title) => `${quoted(title)} entfernt.`,

  anew: "Andere Schritte",
  makeAnew: "Neu machen",
  anewHint: "Festgehaltene Schritte bleiben.",
  assumptions: "Als gegeben genommen",
  risks: "Was schiefgehen könnte",
  remarks: "Zu diesem Plan",

  fits: (end) => `Es passt: Der letzte Schritt endet ${end}.`,
  misfit: "Es passt nicht",
  fixes: "Was helfen würde:",
  hoursHint: "Das ändert deine Arbeitszeiten.",
  over: (much) => `${much} nach der Frist`,
  stripCalendar: (count, work, from, to, deadline) =>
    `Zeitleiste: ${steps(count)}, ${work} Arbeit, von ${from} bis ${to}. Die Frist ist ${deadline}.`,
  stripLengths: (count, work) => `Zeitleiste: ${steps(count)}, ${work} Arbeit.`,
  stripMisfit: (count, work, missing, deadline) =>
    `Zeitleiste: ${steps(count)}, ${work} Arbeit. ${missing} davon liegen nach der Frist, ${deadline}.`,

  taken: (work) => `${work} für andere Aufgaben`,

  discard: "Verwerfen",
  discarded: "Plan verworfen.",
  open: "Öffnen",
  apply: (count) => `${steps(count)} hinzufügen`,
  applied: (count, goal) => `${steps(count)} zu ${quoted(goal)} hinzugefügt.`,
  undo: "Rückgängig",
  undone: "Zurückgenommen. Der Plan wartet, wo du ihn verlassen hast.",
  notUndone: (why) => `Das wurde nicht zurückgenommen. ${why}`,
  unchanged: (goal, why) => `Der Plan ${quoted(goal)} blieb, wie er war. ${why}`,
  budget: (when) => `Die Pläne für heute sind aufgebraucht. Versuch es ${when} wieder.`,

  minutes: (min) => `${min} min`,
  hours: (h) => `${h} h`,
  hoursMinutes: (h, min) => `${h} h ${min} min`,
};
