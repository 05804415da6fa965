import { useState } from "react";

import type { Breakdown } from "@/shared/api/types";
import { breakdown as text } from "@/shared/text/breakdown";
import { Button } from "@/shared/ui/Button";

import { Frame } from "./Frame";
import type { Desk } from "./useDesk";

const ANSWER_LIMIT = 1_000;

interface QuestionsProps {
  readonly desk: Desk;
  readonly onAnswers: (answers: Breakdown["answers"]) => void;
  readonly onDiscard: () => void;
}

/** What the planner has to know first. Earlier answers go along with the new ones. */
export function Questions({ desk, onAnswers, onDiscard }: QuestionsProps) {
  const { draft, busy } = desk;
  const [answers, setAnswers] = useState<Readonly<Record<string, string>>>({});
  const given = draft.questions
    .map((question) => ({ question, answer: (answers[question] ?? "").trim() }))
    .filter(({ answer }) => answer !== "");
  const form = "planner-questions";
  return (
    <Frame
      desk={desk}
      actions={
        <>
          <Button look="plain" disabled={busy} onClick={onDiscard}>
            {text.discard}
          </Button>
          <Button type="submit" form={form} look="main" disabled={busy || given.length === 0}>
            {text.goOn}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="mt-5 grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          const asked = new Set(draft.questions);
          onAnswers([...draft.answers.filter(({ question }) => !asked.has(question)), ...given]);
        }}
      >
        <div>
          <h4 className="font-semibold">{text.questionsTitle}</h4>
          <p className="text-meta text-muted">{text.questionsHint}</p>
        </div>
        {draft.questions.map((question) => (
          <label key={question} className="grid gap-1">
            {question}
            <input
              className="field"
              autoComplete="off"
              maxLength={ANSWER_LIMIT}
              value={answers[question] ?? ""}
              onChange={(event) => {
                setAnswers({ ...answers, [question]: event.target.value });
              }}
            />
          </label>
        ))}
      </form>
    </Frame>
  );
}
