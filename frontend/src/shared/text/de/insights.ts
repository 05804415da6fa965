import type { Parts } from "../parts";

import { plural, quoted } from "./words";

const tasks = (count: number) => plural(count, "Aufgabe", "Aufgaben");
/** Enough of a title to know it by, where a sentence has room for it. */
const cut = (title: string) => quoted(title.length > 60 ? `${title.slice(0, 59).trim()}…` : title);

export const insights: Parts["insights"] = {
  title: "Einblicke",
  lead: "Live: Jede Zahl hier ändert sich mit deinen Aufgaben.",
  loading: "Es wird gezählt",
  stale: (why) => `Das hier ist vielleicht nicht mehr aktuell. ${why}`,
  again: "Noch einmal versuchen",
  asTable: "Als Tabelle zeigen",
  asChart: "Als Diagramm zeigen",
  noChart: "Das Diagramm ließ sich nicht laden; hier ist seine Tabelle.",

  minutes: (m) => `${m}\u00a0min`,
  hours: (h) => `${h}\u00a0h`,

  numbers: {
    label: "In Zahlen",
    soon: "Fällig in 24 Stunden",
    missed: "Verpasst",
    upcoming: "Anstehend",
    done: "Heute erledigt",
    onTime: "Pünktlich, 4 Wochen",
    none: "–",
  },

  empty: {
    title: "Hier steht bald, was deine Aufgaben zusammen sagen",
    hint: "Gib ein paar Aufgaben eine Frist und eine Schätzung. Die nächsten 24 Stunden und die Last deiner Tage zeigen sich sofort; wie oft du pünktlich fertig wirst, nach den ersten Fristen.",
    go: "Zum Brett",
  },

  rows: {
    all: (count) => `Alle ${count} verschieben`,
    more: (count) => `${count} weitere auf dem Brett`,
    day: "Tagesende",
  },

  soon: {
    question: "Was ist in den nächsten 24 Stunden fällig?",
    none: "In den nächsten 24 Stunden ist nichts fällig.",
    one: (due, title) => `Eine Aufgabe, ${due}: ${cut(title)}.`,
    many: (count, due, title) => `${tasks(count)}. Die nächste ist ${cut(title)}, ${due}.`,
    at: (time) => `um ${time}`,
    byEndOf: (day) => `bis zum Ende von ${day}`,
    now: "jetzt",
    columns: { title: "Aufgabe", time: "Fällig", estimate: "Schätzung" },
    due: (time, count) => `${time}: ${tasks(count)}`,
  },

  missed: {
    question: "Was ist verpasst und noch offen?",
    one: (title, ago) => `Eine Aufgabe, fällig ${ago}: ${cut(title)}.`,
    many: (count, title, ago) => `${tasks(count)}. Die letzte war ${cut(title)}, fällig ${ago}.`,
  },

  load: {
    question: "Passt die Arbeit in deine Tage?",
    nothing: "In den nächsten 14 Tagen ist nichts fällig.",
    unknown: "Das lässt sich nicht sagen: Nichts, was fällig ist, hat eine Schätzung.",
    fits: "Ja: An jedem Tag ist Platz für das, was dann fällig ist.",
    over: (day, due, capacity) =>
      `Nicht am ${day}: ${due} Arbeit sind fällig, und Zeit ist für ${capacity}.`,
    overNone: (day, due) => `Nicht am ${day}: ${due} Arbeit sind an einem freien Tag fällig.`,
    overMore: (count) => `Auch ${plural(count, "weiterer Tag ist", "weitere Tage sind")} zu voll.`,
    unestimated: (count) =>
      `${plural(count, "Aufgabe ist", "Aufgaben sind")} nicht mitgezählt, weil eine Schätzung fehlt.`,
    dueOn: (day) => `Fällig am ${day}`,
    reading: (day, due, capacity) => `${day}: ${due} von ${capacity}`,
    columns: { day: "Tag", tasks: "Aufgaben", due: "Fällige Arbeit", capacity: "Arbeitszeit" },
    legend: { due: "Fällige Arbeit", over: "Mehr, als passt", capacity: "Arbeitszeit" },
  },

  onTime: {
    question: "Wirst du pünktlich fertig?",
    none: "In den letzten vier Wochen ist keine Frist abgelaufen.",
    alone: (rate) => `Du wirst zu ${rate} pünktlich fertig.`,
    better: (rate, before) =>
      `Du wirst zu ${rate} pünktlich fertig, besser als in den vier Wochen davor (${before}).`,
    worse: (rate, before) =>
      `Du wirst zu ${rate} pünktlich fertig; in den vier Wochen davor waren es ${before}.`,
    same: (rate) => `Du wirst zu ${rate} pünktlich fertig, wie in den vier Wochen davor.`,
    reading: (week, onTime, settled) => `Woche vom ${week}: ${onTime} von ${settled} pünktlich`,
    columns: { week: "Woche vom", settled: "Abgelaufen", onTime: "Pünktlich", rate: "Anteil" },
  },

  misses: {
    question: "Wann verpasst du Fristen?",
    none: "In zwölf Wochen hast du keine verpasst.",
    one: (day, hour) =>
      `Die eine Frist, die du in zwölf Wochen verpasst hast, fiel auf einen ${day}, gegen ${hour}.`,
    most: (total, onDay, day, hour) =>
      `${onDay} der ${total} Fristen, die du in zwölf Wochen verpasst hast, fielen auf einen ${day}, am häufigsten gegen ${hour}.`,
    cell: (day, hour, count) =>
      `${day}, ${hour}: ${plural(count, "verpasste Frist", "verpasste Fristen")}`,
    columns: { hour: "Stunde" },
    fewer: "Weniger",
    more: "Mehr",
  },

  lateness: {
    question: "Wenn du zu spät bist, um wie viel?",
    none: "In zwölf Wochen wurde nichts verspätet erledigt.",
    within: (span) => `Die Hälfte ist bis zu ${span} nach der Frist erledigt.`,
    beyond: (span) => `Die Hälfte dauert ${span} oder länger über die Frist hinaus.`,
    reading: (bar, count) => `${bar}: ${tasks(count)}`,
    upTo: (span) => `bis ${span}`,
    longer: "länger",
    spans: {
      900: "15 min",
      3600: "1 h",
      14400: "4 h",
      86400: "1 Tag",
      259200: "3 Tage",
      604800: "1 Woche",
    },
    short: {
      900: "15 min",
      3600: "1 h",
      14400: "4 h",
      86400: "1 T",
      259200: "3 T",
      604800: "1 W",
    },
    over: "mehr",
    columns: { late: "Zu spät um", tasks: "Aufgaben" },
  },

  forecast: {
    question: "Was wird bei diesem Tempo verpasst?",
    unknown:
      "Das lässt sich noch nicht sagen: Dazu braucht es zehn Arbeitstage, und an den meisten davon etwas Erledigtes.",
    nothing: "In den nächsten 14 Tagen ist nichts fällig.",
    none: (due) =>
      due === 1
        ? "Nichts: Die eine Aufgabe der nächsten 14 Tage ist rechtzeitig zu schaffen."
        : `Nichts: Alle ${due} Aufgaben der nächsten 14 Tage sind rechtzeitig zu schaffen.`,
    some: (missed, due, day) =>
      `${missed} von ${plural(due, "Aufgabe", "Aufgaben")} der nächsten 14 Tage, die erste bis zum Ende von ${day}.`,
    left: (day) => `Bis zum Ende von ${day} nicht geschafft, wenn das Nächste zuerst kommt`,
    pace: (pace, days) =>
      `An einem gewöhnlichen Arbeitstag schaffst du ${pace} (die Mitte deiner letzten ${days}).`,
    tasks: (count) => `${count} ${count === "1" ? "Aufgabe" : "Aufgaben"}`,
    range: (low, high) =>
      low === high ? "" : `An langsamen und schnellen Tagen wären es ${low} bis ${high}.`,
    confidence: {
      high: "Ziemlich sicher.",
      medium: "Halbwegs sicher.",
      low: "Nur eine Vermutung: Deine langsamen und schnellen Tage sind sich nicht einig.",
    },
    legend: { kept: "Rechtzeitig", maybe: "Nur an schnellen Tagen", missed: "Verpasst" },
    columns: { what: "Tempo", missed: "Verpasst", of: "Von" },
    rows: { slow: "An langsamen Tagen", usual: "Wie gewöhnlich", fast: "An schnellen Tagen" },
  },
};
