import { translated } from "./language";
import { noun, pluralOf } from "./plurals";

const plural = pluralOf("en");

const english = {
  title: "Settings",
  label: "Settings",
  sections: {
    account: "Account",
    hours: "Working hours",
    security: "Security",
    tokens: "Access tokens",
    notifications: "Notifications",
    data: "Import and export",
  },
  save: "Save",
  saved: "Saved.",
  /** To whoever has left the form, or has no form before them. */
  notDone: (why: string) => `A change in the settings was not made. ${why}`,
  loading: "Loading",
  tryAgain: "Try again",
  more: "Show more",

  profile: "Profile",
  email: "Email",
  zone: "Time zone",
  zoneHint: "Deadlines are read and shown in this zone.",
  zoneUnknown: "That zone is not known. Choose one from the list, such as Europe/Berlin.",
  language: "Language",
  languageAuto: "As the browser",
  languageHint: "The page speaks it, dates and times too, and the search knows its words.",
  theme: "Theme",
  themes: { system: "As the system", light: "Light", dark: "Dark" },

  hoursHint: "Plans put their steps into these hours.",
  days: {
    mon: "Monday",
    tue: "Tuesday",
    wed: "Wednesday",
    thu: "Thursday",
    fri: "Friday",
    sat: "Saturday",
    sun: "Sunday",
  },
  free: "Free",
  from: (day: string) => `${day}, from`,
  to: (day: string) => `${day}, to`,
  addHours: (day: string) => `Add hours on ${day}`,
  removeHours: (day: string, span: string) => `Remove ${span} on ${day}`,
  span: (from: string, to: string) => `${from}–${to}`,
  resetHours: "Weekdays, nine to five",
  hoursBackwards: (day: string) => `${day}: the end has to come after the beginning.`,
  hoursOverlap: (day: string) => `${day}: these hours overlap.`,

  password: "Password",
  currentPassword: "Current password",
  changePassword: "Change the password",
  passwordChanged:
    "Your password is changed. Other devices are logged out, and access tokens revoked.",
  passwordHint: "All other devices are logged out with it, and access tokens revoked.",

  sessions: "Where you are signed in",
  sessionsHint: "If you do not know one of these, log it out and change your password.",
  thisOne: "this one",
  device: (browser: string, system: string) => `${browser} on ${system}`,
  unknownDevice: "Unknown device",
  program: (name: string) => `Program (${name})`,
  lastSeen: (when: string) => `last seen ${when}`,
  since: (when: string) => `since ${when}`,
  logOut: "Log out",
  logOutOf: (device: string) => `Log out ${device}`,
  loggedOut: (device: string) => `${device} is logged out.`,
  notLoggedOut: (why: string) => `Nobody was logged out. ${why}`,
  logOutOthers: "Log out all others",
  logOutOthersAsk: "Every other device is logged out, at once.",
  othersLoggedOut: "All others are logged out.",
  logOutAll: "Log out everywhere",
  logOutAllAsk: "Every device is logged out at once, this one too.",

  tokensHint: "For scripts and other programs. A token does only what it is made for.",
  noTokens: "There are no tokens yet.",
  tokenName: "What it is for",
  tokenNamePlaceholder: "Backup script",
  scopes: "What it may do",
  scopeNames: {
    "tasks:read": "Read tasks, projects and labels",
    "tasks:write": "Change them",
    events: "Follow what happens, live",
    ai: "Make plans",
  } as Readonly<Record<string, string>>,
  scopesMissing: "Choose at least one.",
  expiry: "Valid for",
  expiries: { month: "30 days", quarter: "90 days", year: "1 year", never: "Until it is revoked" },
  makeToken: "Make a token",
  tokenMade: (name: string) => `The token “${name}” is made`,
  tokenOnce: "Copy it now. It is shown only this once.",
  tokenSecret: "The token",
  copy: "Copy",
  copied: "Copied.",
  notCopied: "It could not be copied. Select it and copy it by hand.",
  done: "Done",
  neverUsed: "never used",
  lastUsed: (when: string) => `last used ${when}`,
  lastUsedFrom: (when: string, from: string) => `last used ${when} from ${from}`,
  expires: (when: string) => `valid until ${when}`,
  expired: (when: string) => `expired ${when}`,
  noExpiry: "valid until it is revoked",
  revoke: "Revoke",
  revokeNamed: (name: string) => `Revoke ${name}`,
  revokeAsk: (name: string) => `Whatever uses “${name}” stops working at once.`,
  revoked: (name: string) => `“${name}” is revoked.`,
  notRevoked: (name: string, why: string) => `“${name}” was not revoked. ${why}`,

  noticesHint:
    "Your browser tells you when a deadline passes, while the page is open in any window.",
  notices: "Tell me when a deadline passes",
  noticesBlocked:
    "Your browser blocks notifications from this page. Allow them in its settings for this site, then come back.",
  noticesUnsupported: "This browser has no notifications.",
  noticesDevice: "This holds for this browser only.",
  ahead: "Remind me before",
  aheadNever: "Not before",
  aheadMinutes: (minutes: number) => plural(minutes, "minute before", "minutes before"),
  aheadHour: "1 hour before",
  tryNotice: "Show one now",
  noticeSample: "This is how it looks.",

  export: "Export",
  exportHint:
    "Everything you have here, as a file. The JSON file can be imported again, here or elsewhere.",
  exportJson: "Download as JSON",
  exportCsv: "Tasks as CSV",
  import: "Import",
  importHint:
    "An export of taskengine (JSON), a table with a column “title” (CSV), or a backup of a Todoist project (CSV).",
  importFile: "File",
  importFormat: "Kind of file",
  importFormats: {
    taskengine: "taskengine (JSON)",
    csv: "Table (CSV)",
    todoist: "Todoist backup (CSV)",
  },
  importProject: "Into the project",
  importProjectHint: "Empty: without a project, or as the file says.",
  importLook: "Look through it",
  importTooLarge: "The file is larger than 10 MB. Import it in parts.",
  importFound: (tasks: number, projects: number, labels: number) =>
    listed(
      [
        tasks > 0 ? plural(tasks, "task", "tasks") : "",
        projects > 0 ? plural(projects, "project", "projects") : "",
        labels > 0 ? plural(labels, "label", "labels") : "",
      ],
      "and",
    ),
  importWould: (what: string) => `It holds ${what} that you do not have yet.`,
  importNothing: "It holds nothing that you do not have already.",
  importThere: (count: number) =>
    `${plural(count, "thing is", "things are")} here already and ${noun(count, "stays as it is", "stay as they are")}.`,
  importErrors: (count: number) => `${plural(count, "thing is", "things are")} not right in it:`,
  importLeftOut: (count: number) => `${plural(count, "task is", "tasks are")} left out.`,
  importWarnings: (count: number) => `${plural(count, "remark", "remarks")}:`,
  importRow: (row: string) => `Line ${row}`,
  importItem: (kind: string, place: string) => `${kind} ${place}`,
  importField: (where: string, field: string) => `${where}, ${field}`,
  importAndMore: (count: number) => `and ${count} more`,
  importNow: "Import",
  importRest: "Import the rest",
  importCancel: "Choose another file",
  imported: (what: string) => `Imported ${what}.`,
  notImported: (why: string) => `Nothing was imported. ${why}`,

  guest: "This is a guest account. It and its tasks are removed after a day.",
  guestNoPassword: "A guest account has no password.",
  deleteTitle: "Delete the account",
  deleteHint: "Your account and all its tasks are removed. This cannot be undone.",
  deleteAccount: "Delete the account",
  deleteYes: "Delete everything",
  deletePassword: "Your password, to confirm",
};

/** What the settings say; loaded with them. */
export const settings = translated("settings", english);

function listed(parts: readonly string[], and: string): string {
  const said = parts.filter((part) => part !== "");
  const last = said.pop() ?? "";
  return said.length === 0 ? last : `${said.join(", ")} ${and} ${last}`;
}
