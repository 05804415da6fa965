import type { Parts } from "../parts";

import { refusals } from "./refusals";
import { noun, plural, quoted, short, two } from "./words";

const tasks = (count: number) => plural(count, "Aufgabe", "Aufgaben");

export const board: Parts["board"] = {
  product: "taskengine",

  time: {
    now: "jetzt",
    justNow: "gerade eben",
    seconds: (s) => `${s} s`,
    minutesSeconds: (m, s) => `${m} min ${two(s)} s`,
    inHours: (h, m) => `in ${h} h ${two(m)} min`,
    inDaysHours: (d, h) => `in ${plural(d, "Tag", "Tagen")} ${h} h`,
    inDays: (d) => `in ${plural(d, "Tag", "Tagen")}`,
    minutes: (m) => `${m} min`,
    hours: (h) => `${h} h`,
    days: (d) => plural(d, "Tag", "Tage"),
    minutesAgo: (m) => `vor ${m} min`,
    hoursAgo: (h) => `vor ${h} h`,
    daysAgo: (d) => `vor ${plural(d, "Tag", "Tagen")}`,
    today: "Heute",
    tomorrow: "Morgen",
    dayAndTime: (day, time) => `${day}, ${time}`,
  },

  header: {
    home: "taskengine, dein Brett",
    next: "Als Nächstes:",
    account: (name) => `Konto: ${name}`,
    guest: "Gast",
    insights: "Einblicke",
    settings: "Einstellungen",
    activity: "Verlauf",
    anything: "Alles finden und tun",
    keyboard: "Tastatur",
    signOut: "Abmelden",
    signOutAnyway: "Trotzdem abmelden",
    unsent: (count) =>
      `${plural(count, "Änderung ist", "Änderungen sind")} noch nicht gesendet. Wenn du dich jetzt abmeldest, ${noun(count, "geht sie", "gehen sie")} verloren.`,
    theme: { system: "Farben: wie das System", light: "Farben: hell", dark: "Farben: dunkel" },
  },

  connection: {
    label: "Verbindung",
    connecting: "Verbinde",
    live: "Live",
    reconnecting: "Verbinde neu",
    offline: "Offline",
    stopped: "Angehalten",
    liveHint: "Jede Änderung zeigt sich hier im selben Moment.",
    reconnectingHint:
      "Die Verbindung ist abgerissen und wird neu aufgebaut. Du kannst weiterarbeiten.",
    offlineHint:
      "Du kannst Aufgaben lesen, hinzufügen und ändern. Die Fristen laufen weiter. Gesendet wird, sobald du wieder online bist.",
    offlineWith: (waiting) => `Offline: ${waiting}`,
    waiting: (count) => plural(count, "Änderung wartet", "Änderungen warten"),
    waitingShort: (count) => plural(count, "wartet", "warten"),
    crowded: "Es sind zu viele Fenster offen. Schließe ein paar und lade dann dieses neu.",
    outdated: "Diese Seite ist veraltet. Lade sie neu, damit es weitergeht.",
    reload: "Neu laden",
  },

  buckets: {
    label: "Aufgaben",
    upcoming: "Anstehend",
    missed: "Verpasst",
    completed: "Erledigt",
    count: (name, count) => `${name}, ${tasks(count)}`,
    more: (count) => `${count} weitere zeigen`,
  },

  groups: {
    today: "Heute",
    tomorrow: "Morgen",
    week: "Diese Woche",
    later: "Später",
    none: "Ohne Frist",
  },

  empty: {
    upcomingTitle: "Nichts steht an",
    upcomingHint: "Drei Arten anzufangen:",
    upcomingWays: {
      minute: "Etwas, das in einer Minute fällig ist",
      tonight: "Etwas für heute Abend",
      open: "Etwas ohne Frist",
    },
    missed: "Nichts verpasst. Gut.",
    completed: "Was du erledigst, erscheint hier.",
  },

  board: {
    now: "jetzt",
    title: "Deine Aufgaben",
    loading: "Deine Aufgaben werden geladen",
    missedOne: (title) => `Verpasst: ${title}`,
    missedMany: (count) => `${count} Aufgaben wurden verpasst`,
    away: (count) =>
      `${plural(count, "Aufgabe wurde", "Aufgaben wurden")} verpasst, während du weg warst.`,
    review: "Ansehen",
    dismiss: "Ausblenden",
  },

  card: {
    complete: (title) => `${quoted(title)} erledigen`,
    reopen: (title) => `${quoted(title)} wieder öffnen`,
    missed: "Verpasst",
    due: (when) => `fällig ${when}`,
    doneLate: "Erledigt",
    reschedule: "Verschieben",
    rescheduleLabel: (title) => `${quoted(title)} verschieben`,
    doneLateLabel: (title) => `Erledigt, doch verspätet: ${quoted(title)}`,
    drop: "Verwerfen",
    dropLabel: (title) => `${quoted(title)} verwerfen`,
    onTime: "pünktlich",
    early: (by) => `${by} vor der Frist`,
    lateBy: (by) => `${by} zu spät`,
    completedAt: (when) => `erledigt ${when}`,
    noDeadline: "Ohne Frist",
    priority: "Priorität",
  },

  deadline: {
    minute: "In 1 Minute",
    hour: "In 1 Stunde",
    tonight: "Heute Abend",
    none: "Ohne Frist",
    pick: "Zeit wählen",
    set: "Setzen",
    date: "Datum",
    time: "Uhrzeit",
    dayHint: "Ohne Uhrzeit: bis zum Ende des Tages.",
    dialog: "Frist",
    choose: "Frist",
    chosen: (when) => `Frist: ${when}`,
    past: "Diese Zeit ist schon vorbei; die Aufgabe wäre sofort verpasst.",
  },

  quickAdd: {
    label: "Neue Aufgabe",
    placeholder: "Was ist zu tun?",
    placeholderShort: "Was, und bis wann?",
    add: "Hinzufügen",
  },

  plan: {
    breakDown: "In Schritte zerlegen",
    of: (title) => `${quoted(title)} in Schritte zerlegen`,
    goOn: "Mit dem Plan weitermachen",
    waiting: (goal) => `Ein Plan wartet auf dich: ${short(goal)}.`,
    open: "Öffnen",
    steps: "Schritte",
    done: (done, all) => `${done} von ${plural(all, "Schritt", "Schritten")} erledigt`,
    partOf: (title) => `Teil von ${short(title)}`,
  },

  detail: {
    label: "Aufgabe",
    title: "Titel",
    notes: "Notizen",
    notesPlaceholder: "Was man sich merken sollte",
    deadline: "Frist",
    priority: "Priorität",
    priorities: { 1: "Dringend", 2: "Hoch", 3: "Mittel", 4: "Normal" },
    created: "Angelegt",
    changed: "Geändert",
    completed: "Erledigt",
    close: "Schließen",
    delete: "Löschen",
    complete: "Erledigen",
    reopen: "Wieder öffnen",
    gone: "Diese Aufgabe gibt es nicht mehr.",
    missing: "Eine solche Aufgabe gibt es nicht.",
    loading: "Die Aufgabe wird geladen",
  },

  toasts: {
    label: "Hinweise",
    added: (title) => `${short(title)} hinzugefügt.`,
    deleted: (title) => `${short(title)} gelöscht.`,
    completed: (title) => `${short(title)} erledigt.`,
    reopened: (title) => `${short(title)} wieder geöffnet.`,
    rescheduled: (title) => `${short(title)} verschoben.`,
    changed: (title) => `${short(title)} geändert.`,
    stillSignedIn: (why) => `Du bist noch angemeldet. ${why}`,
    completedMany: (count) => `${tasks(count)} erledigt.`,
    reopenedMany: (count) => `${tasks(count)} wieder geöffnet.`,
    deletedMany: (count) => `${tasks(count)} gelöscht.`,
    movedMany: (count, project) =>
      project === null
        ? `${tasks(count)} aus ${noun(count, "ihrem Projekt", "ihren Projekten")} genommen.`
        : `${tasks(count)} nach ${quoted(project)} verschoben.`,
    relabelledMany: (count) => `Labels von ${tasks(count)} geändert.`,
    rescheduledMany: (count) => `Frist von ${tasks(count)} verschoben.`,
    prioritisedMany: (count) => `Priorität von ${tasks(count)} geändert.`,
    undo: "Rückgängig",
    dismiss: "Ausblenden",
    refused: {
      create: (title, why) => `${short(title)} wurde nicht hinzugefügt. ${why}`,
      change: (title, why) => `${short(title)} wurde nicht geändert. ${why}`,
      delete: (title, why) => `${short(title)} wurde nicht gelöscht. ${why}`,
    },
    refusedMany: {
      change: (count, why) =>
        `${tasks(count)} ${noun(count, "bleibt", "bleiben")}, wie ${noun(count, "sie war", "sie waren")}. ${why}`,
      delete: (count, why) =>
        `${tasks(count)} ${noun(count, "bleibt", "bleiben")}, wo ${noun(count, "sie war", "sie waren")}. ${why}`,
    },
    wentWithIt: (count) =>
      `Damit ${noun(count, "entfällt", "entfallen")} auch ${plural(count, "spätere Änderung", "spätere Änderungen")} daran.`,
    refusals: "Was nicht geklappt hat",
  },

  errors: {
    network: "Gerade gibt es keine Verbindung. Versuch es gleich noch einmal.",
    server: "Bei uns ist etwas schiefgegangen. Versuch es gleich noch einmal.",
    tooMany: "Das war etwas viel auf einmal. Warte eine Minute und versuch es dann wieder.",
    outdated: "Das hat länger als einen Tag gewartet und wurde inzwischen anderswo geändert.",
    gone: "Das gibt es nicht mehr.",
    unknown: "Das hat nicht geklappt. Versuch es gleich noch einmal.",
    byCode: refusals,
  },

  auth: {
    signIn: "Anmelden",
    signUp: "Konto anlegen",
    signInTitle: "Anmelden",
    signUpTitle: "Konto anlegen",
    email: "E-Mail",
    password: "Passwort",
    newPassword: "Neues Passwort",
    passwordHint: "Mindestens 8 Zeichen.",
    forgot: "Passwort vergessen?",
    noAccount: "Noch kein Konto?",
    haveAccount: "Hast du schon ein Konto?",
    ended:
      "Deine Sitzung ist zu Ende. Melde dich an, um weiterzumachen; auf deinem Brett ist nichts verloren.",
    forgotTitle: "Passwort vergessen?",
    forgotHint:
      "Gib deine E-Mail-Adresse ein. Gehört ein Konto dazu, geht ein Link für ein neues Passwort dorthin.",
    forgotSend: "Link schicken",
    forgotSent: "Gehört zu dieser Adresse ein Konto, ist eine E-Mail unterwegs.",
    resetTitle: "Neues Passwort wählen",
    resetSave: "Passwort speichern",
    resetDone: "Dein Passwort ist geändert. Melde dich damit an.",
    resetBad: "Dieser Link wurde schon benutzt oder ist zu alt.",
    resetAgain: "Neuen anfordern",
    verifyTitle: "Adresse bestätigen",
    verifying: "Deine Adresse wird bestätigt",
    verified: "Deine Adresse ist bestätigt.",
    verifyBad: "Dieser Link wurde schon benutzt oder ist zu alt.",
    toBoard: "Zum Brett",
    toSignIn: "Zur Anmeldung",
    verifyFirst:
      "Sieh in deine E-Mails: Ein Link dort bestätigt deine Adresse. Melde dich danach an.",
  },

  notices: {
    missed: "Die Frist ist verstrichen.",
    soon: (minutes) => `Fällig in ${plural(minutes, "Minute", "Minuten")}.`,
  },

  confirm: {
    no: "Abbrechen",
  },

  part: {
    failed:
      "Das ließ sich nicht öffnen. Prüfe die Verbindung und versuch es noch einmal; hilft das nicht, lade die Seite neu.",
    retry: "Noch einmal versuchen",
  },

  page: {
    titled: (title) => `${title} · taskengine`,
    missing: "Unter dieser Adresse gibt es nichts.",
    home: "Zum Anfang",
    broken: "Auf dieser Seite ist etwas kaputtgegangen.",
    reload: "Neu laden",
    newVersion: "Eine neue Version ist da.",
    reloadNow: "Neu laden",
  },
};
