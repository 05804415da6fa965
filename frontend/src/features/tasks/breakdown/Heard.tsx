import type { Breakdown } from "@/shared/api/types";
import { breakdown as text } from "@/shared/text/breakdown";

import { totalOf, work } from "./minutes";

/** Says to those who hear the page each step as it is made, and what has come of it. */
export function Heard({ draft }: { readonly draft: Breakdown }) {
  return (
    <p role="status" className="sr-only">
      {said(draft)}
    </p>
  );
}

function said({ status, steps, verdict, questions }: Breakdown): string {
  const last = steps.at(-1);
  switch (status) {
    case "queued":
      return text.queued;
    case "generating":
      return last ? text.heardStep(steps.length, last.title) : text.making;
    case "failed":
      return text.heardFailed;
    case "ready":
      if (verdict === "questions") return text.heardQuestions(questions.length);
      if (verdict === "needs_no_plan") return text.heardNoPlan;
      return text.heardReady(steps.length, work(totalOf(steps)));
    default:
      return "";
  }
}
