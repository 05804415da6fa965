import { translated } from "./language";
import { pluralOf } from "./plurals";

const plural = pluralOf("en");
const steps = (count: number) => plural(count, "step", "steps");
const quoted = (title: string) => `“${title}”`;

const english = {
  title: "Break down",
  close: "Close",

  goal: "Goal",
  goalPlaceholder: "Write my thesis",
  byWhen: "By when",
  pastDeadline: "That time has passed. Choose a later one, or the steps cannot fit.",
  inAWeek: "In a week",
  inAMonth: "In a month",
  granularity: "How fine",
  grains: {
    1: "Just the outline",
    2: "Big steps",
    3: "Medium steps",
    4: "Small steps",
    5: "Every little step",
  } as Readonly<Record<number, string>>,
  context: "Anything else that matters",
  contextHint: "Optional",
  contextPlaceholder: "What is done already, what you have, what you dread",
  start: "Start",
  starting: "Starting",

  gemini: (model: string | null) => (model === null ? "Gemini" : `Gemini (${model})`),
  offline: "Offline rules, no AI",
  willMake: (who: string) => `Planner: ${who}.`,
  asked: (who: string) => `Planner: ${who}`,
  madeBy: (who: string) => `Made by: ${who}`,
  left: (left: number, limit: number) => `${left} of ${limit} plans left today.`,
  usedUp: (when: string) => `Today’s plans are used up; there are new ones at ${when}.`,

  queued: "Waiting for its turn",
  making: "Making the steps",
  cancel: "Cancel",
  dropped:
    "The connection dropped. The steps are made all the same; you see them as soon as it is back.",
  heardStep: (number: number, title: string) => `Step ${number}: ${title}`,
  heardReady: (count: number, work: string) => `The plan is ready: ${steps(count)}, ${work}.`,
  heardQuestions: (count: number) => `${plural(count, "question", "questions")} first.`,
  heardFailed: "The plan could not be made.",
  heardNoPlan: "This needs no plan.",
  total: (count: number, work: string) => `${steps(count)}, ${work}`,

  questionsTitle: "A few questions first",
  questionsHint: "Answer what you can; the rest is taken as it usually is.",
  goOn: "Go on",

  noPlanTitle: "This needs no plan",
  addAsTask: "Add as a task",
  addedAsTask: (goal: string) => `Added ${quoted(goal)}.`,
  justDoIt: "All right",

  failed: {
    ai_blocked: "Gemini declined to plan this. Other words for the goal may help.",
    ai_truncated: "The plan came out too long and was cut off. Bigger steps may help.",
    ai_invalid_output: "What came back was not a usable plan.",
    ai_quota: "Gemini’s limit is reached for now.",
    ai_unavailable: "Gemini cannot be reached right now.",
    ai_timeout: "Gemini took too long.",
  } as Readonly<Record<string, string>>,
  failedTitle: "The plan could not be made",
  formerStands: "No new plan was made; the one from before stands.",
  retryAt: (when: string) => `It can be tried again at ${when}.`,
  again: "Try again",
  change: "Change the request",

  closedTitle: { applied: "This plan was applied", cancelled: "This plan was discarded" },
  closedHint: {
    applied: "Its steps are on your board.",
    cancelled: "It was given up, perhaps in another window.",
  },
  newPlan: "Make a new plan",
  goneTitle: "This plan does not exist any more",
  loading: "Loading the plan",

  steps: "Steps",
  noSteps: "No steps are left. Add one, or have them made anew.",
  addStep: "Add a step",
  newStep: "New step",
  newEstimate: "How long it takes",
  add: "Add",
  stepTitle: (number: number) => `Step ${number}`,
  estimate: (title: string) => `Time for ${quoted(title)}`,
  estimateHint: "Such as 45 min or 1 h 30 min",
  lock: (title: string) => `Lock ${quoted(title)}`,
  lockHint: "A locked step stays when the plan is made anew",
  more: (title: string) => `More for ${quoted(title)}`,
  split: "Split into smaller steps",
  remove: "Remove",
  optional: "optional",
  about: "About this step",
  turn: (from: string, to: string) => `${from} – ${to}`,
  doneWhen: (what: string) => `Done when: ${what}`,
  move: (number: number, title: string) => `${number}. Move ${quoted(title)}: drag, or arrow keys`,
  moved: (title: string, place: number, all: number) =>
    `${quoted(title)} is now ${place} of ${all}.`,
  removed: (title: string) => `Removed ${quoted(title)}.`,

  anew: "Different steps",
  makeAnew: "Make them anew",
  anewHint: "Locked steps stay.",
  assumptions: "Taken for granted",
  risks: "What could go wrong",
  remarks: "About this plan",

  fits: (end: string) => `It fits: the last step ends ${end}.`,
  misfit: "It does not fit",
  fixes: "What would help:",
  hoursHint: "This changes your working hours.",
  over: (much: string) => `${much} beyond the deadline`,
  stripCalendar: (count: number, work: string, from: string, to: string, deadline: string) =>
    `Timeline: ${steps(count)}, ${work} of work, from ${from} to ${to}. The deadline is ${deadline}.`,
  stripLengths: (count: number, work: string) => `Timeline: ${steps(count)}, ${work} of work.`,
  stripMisfit: (count: number, work: string, missing: string, deadline: string) =>
    `Timeline: ${steps(count)}, ${work} of work. ${missing} of it lie beyond the deadline, ${deadline}.`,

  taken: (work: string) => `${work} taken by other tasks`,

  discard: "Discard",
  discarded: "Discarded the plan.",
  open: "Open",
  apply: (count: number) => `Add ${steps(count)}`,
  applied: (count: number, goal: string) => `Added ${steps(count)} to ${quoted(goal)}.`,
  undo: "Undo",
  undone: "Taken back. The plan waits where you left it.",
  notUndone: (why: string) => `It was not taken back. ${why}`,
  /** To whoever has left it meanwhile. */
  unchanged: (goal: string, why: string) => `The plan ${quoted(goal)} stayed as it was. ${why}`,
  budget: (when: string) => `Today’s plans are used up. Try again at ${when}.`,

  minutes: (min: number) => `${min} min`,
  hours: (h: number) => `${h} h`,
  hoursMinutes: (h: number, min: number) => `${h} h ${min} min`,
};

/** What the planner says; loaded with it. */
export const breakdown = translated("breakdown", english);
