import { noun, pluralOf } from "./plurals";
import { refusals } from "./refusals";

const two = (value: number) => String(value).padStart(2, "0");
const plural = pluralOf("en");
const tasks = (count: number) => plural(count, "task", "tasks");
const quoted = (title: string) => `“${title}”`;
/** Enough of a title to know it by. */
const short = (title: string) =>
  quoted(title.length > 40 ? `${title.slice(0, 39).trim()}…` : title);

export const en = {
  product: "taskengine",

  time: {
    now: "now",
    justNow: "just now",
    seconds: (s: number) => `${s} s`,
    minutesSeconds: (m: number, s: number) => `${m} m ${two(s)} s`,
    inHours: (h: number, m: number) => `in ${h} h ${two(m)} m`,
    inDaysHours: (d: number, h: number) => `in ${plural(d, "day", "days")} ${h} h`,
    inDays: (d: number) => `in ${plural(d, "day", "days")}`,
    minutes: (m: number) => `${m} min`,
    hours: (h: number) => `${h} h`,
    days: (d: number) => plural(d, "day", "days"),
    minutesAgo: (m: number) => `${m} min ago`,
    hoursAgo: (h: number) => `${h} h ago`,
    daysAgo: (d: number) => `${plural(d, "day", "days")} ago`,
    today: "Today",
    tomorrow: "Tomorrow",
    dayAndTime: (day: string, time: string) => `${day} ${time}`,
  },

  header: {
    home: "taskengine, your board",
    next: "Next:",
    account: (name: string) => `Account: ${name}`,
    guest: "Guest",
    insights: "Insights",
    settings: "Settings",
    activity: "Activity",
    anything: "Find or do anything",
    keyboard: "Keyboard",
    signOut: "Sign out",
    signOutAnyway: "Sign out anyway",
    unsent: (count: number) =>
      `${plural(count, "change has", "changes have")} not been sent yet. If you sign out now, ${noun(count, "it is", "they are")} lost.`,
    theme: { system: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" },
  },

  connection: {
    label: "Connection",
    connecting: "Connecting",
    live: "Live",
    reconnecting: "Reconnecting",
    offline: "Offline",
    stopped: "Paused",
    liveHint: "Every change shows here the moment it happens.",
    reconnectingHint: "The connection dropped. It is being restored; you can go on working.",
    offlineHint:
      "You can read, add and change tasks. Deadlines still count down. Changes are sent when you are back.",
    offlineWith: (waiting: string) => `Offline: ${waiting}`,
    waiting: (count: number) => plural(count, "change waits", "changes wait"),
    waitingShort: (count: number) => `${count} waiting`,
    crowded: "Too many windows are open. Close some, then load this one again.",
    outdated: "This page is out of date. Load it again to go on.",
    reload: "Load again",
  },

  buckets: {
    label: "Tasks",
    upcoming: "Upcoming",
    missed: "Missed",
    completed: "Completed",
    count: (name: string, count: number) => `${name}, ${plural(count, "task", "tasks")}`,
    more: (count: number) => `Show ${count} more`,
  },

  groups: {
    today: "Today",
    tomorrow: "Tomorrow",
    week: "This week",
    later: "Later",
    none: "No deadline",
  },

  empty: {
    upcomingTitle: "Nothing is due",
    upcomingHint: "Three ways to begin:",
    upcomingWays: {
      minute: "Something due in a minute",
      tonight: "Something for tonight",
      open: "Something without a deadline",
    },
    missed: "Nothing missed. Good.",
    completed: "What you complete appears here.",
  },

  board: {
    now: "now",
    title: "Your tasks",
    loading: "Loading your tasks",
    missedOne: (title: string) => `Missed: ${title}`,
    missedMany: (count: number) => `${count} tasks were missed`,
    away: (count: number) =>
      `${plural(count, "task was", "tasks were")} missed while you were away.`,
    review: "Review",
    dismiss: "Dismiss",
  },

  card: {
    complete: (title: string) => `Complete ${quoted(title)}`,
    reopen: (title: string) => `Reopen ${quoted(title)}`,
    missed: "Missed",
    due: (when: string) => `due ${when}`,
    doneLate: "Done late",
    reschedule: "Reschedule",
    rescheduleLabel: (title: string) => `Reschedule ${quoted(title)}`,
    doneLateLabel: (title: string) => `Done late: ${quoted(title)}`,
    /** It goes to the trash. */
    drop: "Drop",
    dropLabel: (title: string) => `Drop ${quoted(title)}`,
    onTime: "on time",
    early: (by: string) => `${by} early`,
    lateBy: (by: string) => `late by ${by}`,
    completedAt: (when: string) => `completed ${when}`,
    noDeadline: "No deadline",
    priority: "priority",
  },

  deadline: {
    minute: "In 1 minute",
    hour: "In 1 hour",
    tonight: "Tonight",
    none: "No deadline",
    pick: "Pick a time",
    set: "Set",
    date: "Date",
    time: "Time",
    dayHint: "Without a time: by the end of the day.",
    dialog: "Deadline",
    choose: "Deadline",
    chosen: (when: string) => `Deadline: ${when}`,
    past: "That time has passed; the task would be missed at once.",
  },

  quickAdd: {
    label: "New task",
    placeholder: "What needs doing, and by when?",
    placeholderShort: "What, and by when?",
    add: "Add",
  },

  plan: {
    breakDown: "Break down",
    of: (title: string) => `Break down ${quoted(title)}`,
    goOn: "Go on with the plan",
    waiting: (goal: string) => `A plan waits for you: ${short(goal)}.`,
    open: "Open",
    steps: "Steps",
    done: (done: number, all: number) => `${done} of ${plural(all, "step", "steps")} done`,
    partOf: (title: string) => `Part of ${short(title)}`,
  },

  detail: {
    label: "Task",
    title: "Title",
    notes: "Notes",
    notesPlaceholder: "Anything worth remembering",
    deadline: "Deadline",
    priority: "Priority",
    priorities: { 1: "Urgent", 2: "High", 3: "Medium", 4: "Normal" },
    created: "Created",
    changed: "Changed",
    completed: "Completed",
    close: "Close",
    delete: "Delete",
    complete: "Complete",
    reopen: "Reopen",
    gone: "This task does not exist any more.",
    missing: "There is no such task.",
    loading: "Loading the task",
  },

  toasts: {
    label: "Notices",
    added: (title: string) => `Added ${short(title)}.`,
    deleted: (title: string) => `Deleted ${short(title)}.`,
    completed: (title: string) => `Completed ${short(title)}.`,
    reopened: (title: string) => `Reopened ${short(title)}.`,
    rescheduled: (title: string) => `Rescheduled ${short(title)}.`,
    changed: (title: string) => `Changed ${short(title)}.`,
    stillSignedIn: (why: string) => `You are still signed in. ${why}`,
    /** What was done to many at once, said where it can be taken back. */
    completedMany: (count: number) => `Completed ${tasks(count)}.`,
    reopenedMany: (count: number) => `Reopened ${tasks(count)}.`,
    deletedMany: (count: number) => `Deleted ${tasks(count)}.`,
    movedMany: (count: number, project: string | null) =>
      project === null
        ? `Took ${tasks(count)} out of ${count === 1 ? "its project" : "their projects"}.`
        : `Moved ${tasks(count)} to “${project}”.`,
    relabelledMany: (count: number) => `Changed the labels of ${tasks(count)}.`,
    rescheduledMany: (count: number) => `Rescheduled ${tasks(count)}.`,
    prioritisedMany: (count: number) => `Changed the priority of ${tasks(count)}.`,
    undo: "Undo",
    dismiss: "Dismiss",
    refused: {
      create: (title: string, why: string) => `${short(title)} was not added. ${why}`,
      change: (title: string, why: string) => `${short(title)} was not changed. ${why}`,
      delete: (title: string, why: string) => `${short(title)} was not deleted. ${why}`,
    },
    refusedMany: {
      change: (count: number, why: string) => `${tasks(count)} stayed as before. ${why}`,
      delete: (count: number, why: string) => `${tasks(count)} stayed where they were. ${why}`,
    },
    /** Changes that were made to something which then was not added. */
    wentWithIt: (count: number) =>
      `${plural(count, "later change", "later changes")} to it ${noun(count, "is", "are")} gone, too.`,
    /** Several refusals, in one notice. */
    refusals: "What was not done",
  },

  errors: {
    network: "There is no connection right now. Try again in a moment.",
    server: "Something went wrong on our side. Try again in a moment.",
    tooMany: "That was a bit much at once. Wait a minute, then try again.",
    outdated: "It had waited for more than a day, and was changed elsewhere since.",
    gone: "It does not exist any more.",
    unknown: "That did not work. Try again in a moment.",
    /** In place of what the server says, by its code. */
    byCode: refusals,
  },

  auth: {
    signIn: "Sign in",
    signUp: "Sign up",
    signInTitle: "Sign in",
    signUpTitle: "Make an account",
    email: "Email",
    password: "Password",
    newPassword: "New password",
    passwordHint: "At least 8 characters.",
    forgot: "Forgot your password?",
    noAccount: "No account yet?",
    haveAccount: "Already have an account?",
    ended: "Your session has ended. Sign in to go on; nothing on your board is lost.",
    forgotTitle: "Forgot your password?",
    forgotHint: "Enter your email. If it has an account, a link to a new password goes there.",
    forgotSend: "Send the link",
    forgotSent: "If that address has an account, an email is on its way to it.",
    resetTitle: "Choose a new password",
    resetSave: "Save the password",
    resetDone: "Your password is changed. Sign in with it.",
    resetBad: "This link has been used or is too old.",
    resetAgain: "Ask for a new one",
    verifyTitle: "Confirm your address",
    verifying: "Confirming your address",
    verified: "Your address is confirmed.",
    verifyBad: "This link has been used or is too old.",
    toBoard: "To the board",
    toSignIn: "To sign-in",
    verifyFirst: "Look into your mail: a link there confirms your address. Then sign in.",
  },

  notices: {
    missed: "The deadline has passed.",
    soon: (minutes: number) => `Due in ${plural(minutes, "minute", "minutes")}.`,
  },

  confirm: {
    no: "Stay",
  },

  part: {
    failed:
      "This could not be opened. Check the connection, then try again; if that does not help, load the page again.",
    retry: "Try again",
  },

  page: {
    titled: (title: string) => `${title} · taskengine`,
    missing: "There is nothing at this address.",
    home: "To the start",
    broken: "Something broke on this page.",
    reload: "Load it again",
    newVersion: "A new version is ready.",
    reloadNow: "Reload",
  },
};
