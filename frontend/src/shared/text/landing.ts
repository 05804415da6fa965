import { translated } from "./language";

const english = {
  claim: "Every task has its moment. The instant it passes, you know.",
  more: "Deadlines count down before your eyes. When one passes, the task moves, at that very instant, in every window you have open.",
  demo: "Try the demo",
  demoHint: "No account needed. Some of its tasks are due within the minute.",
  sample: "A sample, running by itself",
  sampleLabel:
    "A sample board: tasks count down to their deadlines and move to Missed as these pass.",
  tasks: [
    "Send the invoice",
    "Call the bank",
    "Water the plants",
    "Book the train",
    "Reply to Ada",
    "Renew the passport",
    "Back up the laptop",
    "Order the cake",
  ],
};

/** What the first screen without an account says; nobody else has to load it. */
export const landing = translated("landing", english);
