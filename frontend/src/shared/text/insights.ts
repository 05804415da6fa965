import { translated } from "./language";
import { pluralOf } from "./plurals";

const plural = pluralOf("en");
const quoted = (title: string) =>
  `“${title.length > 60 ? `${title.slice(0, 59).trim()}…` : title}”`;

const english = {
  title: "Insights",
  lead: "Live: every number here moves when your tasks do.",
  loading: "Counting",
  stale: (why: string) => `These may be out of date. ${why}`,
  again: "Try again",
  asTable: "Show as a table",
  asChart: "Show as a chart",
  noChart: "The chart could not be loaded; here is its table.",

  minutes: (m: string) => `${m}\u00a0min`,
  hours: (h: string) => `${h}\u00a0h`,

  numbers: {
    label: "In numbers",
    soon: "Due in 24 hours",
    missed: "Missed",
    upcoming: "Upcoming",
    done: "Done today",
    onTime: "On time, 4 weeks",
    none: "–",
  },

  empty: {
    title: "What your tasks say together will stand here",
    hint: "Give a few tasks a deadline and an estimate. The next 24 hours and the load of your days show at once; how often you finish on time, after the first deadlines.",
    go: "To the board",
  },

  /** Under each list of tasks. */
  rows: {
    all: (count: number) => `Reschedule all ${count}`,
    more: (count: number) => `${count} more on the board`,
    /** In place of a time, of what is due by the end of its day. */
    day: "end of day",
  },

  soon: {
    question: "What is due in the next 24 hours?",
    none: "Nothing is due in the next 24 hours.",
    one: (due: string, title: string) => `One task, ${due}: ${quoted(title)}.`,
    many: (count: number, due: string, title: string) =>
      `${count} tasks. The next is ${quoted(title)}, ${due}.`,
    at: (time: string) => `at ${time}`,
    byEndOf: (day: string) => `by the end of ${day}`,
    now: "now",
    columns: { title: "Task", time: "Due", estimate: "Estimate" },
    due: (time: string, count: number) => `${time}: ${plural(count, "task", "tasks")}`,
  },

  missed: {
    question: "What is missed and still open?",
    one: (title: string, ago: string) => `One task, due ${ago}: ${quoted(title)}.`,
    many: (count: number, title: string, ago: string) =>
      `${count} tasks. The last was ${quoted(title)}, due ${ago}.`,
  },

  load: {
    question: "Does the work fit into your days?",
    nothing: "Nothing is due in the next 14 days.",
    unknown: "Nobody can say: nothing that is due has an estimate.",
    fits: "Yes: every day has room for what is due on it.",
    over: (day: string, due: string, capacity: string) =>
      `Not on ${day}: ${due} of work is due, and there are ${capacity} for it.`,
    overNone: (day: string, due: string) => `Not on ${day}: ${due} of work is due on a free day.`,
    overMore: (count: number) =>
      `${plural(count, "more day is", "more days are")} too full as well.`,
    unestimated: (count: number) =>
      `${plural(count, "task is", "tasks are")} not counted for want of an estimate.`,
    dueOn: (day: string) => `Due on ${day}`,
    reading: (day: string, due: string, capacity: string) => `${day}: ${due} of ${capacity}`,
    columns: { day: "Day", tasks: "Tasks", due: "Work due", capacity: "Working time" },
    legend: { due: "Work due", over: "More than fits", capacity: "Working time" },
  },

  onTime: {
    question: "Do you finish on time?",
    none: "No deadline has come due in the last four weeks.",
    alone: (rate: string) => `You finish ${rate} on time.`,
    better: (rate: string, before: string) =>
      `You finish ${rate} on time, better than in the four weeks before (${before}).`,
    worse: (rate: string, before: string) =>
      `You finish ${rate} on time; in the four weeks before it was ${before}.`,
    same: (rate: string) => `You finish ${rate} on time, as in the four weeks before.`,
    reading: (week: string, onTime: number, settled: number) =>
      `Week of ${week}: ${onTime} of ${settled} on time`,
    columns: { week: "Week of", settled: "Settled", onTime: "On time", rate: "Rate" },
  },

  misses: {
    question: "When do you miss deadlines?",
    none: "You have missed none in twelve weeks.",
    one: (day: string, hour: string) =>
      `The one deadline that you missed in twelve weeks fell on a ${day}, around ${hour}.`,
    most: (total: number, onDay: number, day: string, hour: string) =>
      `${onDay} of the ${total} deadlines that you missed in twelve weeks fell on a ${day}, most often around ${hour}.`,
    cell: (day: string, hour: string, count: number) =>
      `${day}, ${hour}: ${plural(count, "missed deadline", "missed deadlines")}`,
    columns: { hour: "Hour" },
    fewer: "Fewer",
    more: "More",
  },

  lateness: {
    question: "When you are late, how late?",
    none: "Nothing was completed late in twelve weeks.",
    within: (span: string) => `Half of it is done within ${span} after the deadline.`,
    beyond: (span: string) => `Half of it takes ${span} or longer after the deadline.`,
    reading: (bar: string, count: number) => `${bar}: ${plural(count, "task", "tasks")}`,
    upTo: (span: string) => `up to ${span}`,
    longer: "longer",
    spans: {
      900: "15 min",
      3600: "1 h",
      14400: "4 h",
      86400: "1 day",
      259200: "3 days",
      604800: "1 week",
    } as Readonly<Record<number, string>>,
    /** The same in few letters. */
    short: {
      900: "15 m",
      3600: "1 h",
      14400: "4 h",
      86400: "1 d",
      259200: "3 d",
      604800: "1 w",
    } as Readonly<Record<number, string>>,
    over: "more",
    columns: { late: "Late by", tasks: "Tasks" },
  },

  forecast: {
    question: "What will be missed at this pace?",
    unknown:
      "It is too early to say: that takes ten working days, and something done on most of them.",
    nothing: "Nothing is due in the next 14 days.",
    none: (due: number) =>
      `Nothing: ${due === 1 ? "the one task" : `all ${due} tasks`} of the next 14 days can be done in time.`,
    some: (missed: number, due: number, day: string) =>
      `${missed} of ${plural(due, "task", "tasks")} in the next 14 days, the first by the end of ${day}.`,
    left: (day: string) => `Not done by the end of ${day}, if the nearest go first`,
    pace: (pace: string, days: number) =>
      `You get ${pace} done on a usual working day (the middle of your last ${days}).`,
    tasks: (count: string) => `${count} ${count === "1" ? "task" : "tasks"}`,
    range: (low: number, high: number) =>
      low === high ? "" : `On slow and fast days it would be ${low} to ${high}.`,
    /** How sure it is, before anything else is said of it. */
    confidence: {
      high: "Quite sure.",
      medium: "Fairly sure.",
      low: "Only a guess: your slow and your fast days do not agree.",
    },
    legend: { kept: "In time", maybe: "Only on fast days", missed: "Missed" },
    columns: { what: "Pace", missed: "Missed", of: "Of" },
    rows: { slow: "On slow days", usual: "As usual", fast: "On fast days" },
  },
};

/** What the insights say; loaded with them. */
export const insights = translated("insights", english);
