import { useEffect, useRef, useState } from "react";

import type { Task } from "@/shared/api/types";
import { text } from "@/shared/text";
import { views } from "@/shared/text/views";
import { Button } from "@/shared/ui/Button";
import { part } from "@/shared/ui/part";

import { useWorkspace } from "../context";
import { NOTES_LIMIT } from "../limits";
import { useDraft } from "./useDraft";

const rendered = part(() => import("./Rendered"));

/** What is worth remembering: read as Markdown, written as it is. */
export function Notes({ task }: { readonly task: Task }) {
  const { commands } = useWorkspace();
  const [editing, setEditing] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const draft = useDraft(task.notes, (notes) => {
    commands.edit(task, { notes });
  });
  const writes = editing || draft.value.trim() === "";
  useEffect(() => {
    if (editing) field.current?.focus();
  }, [editing]);
  return (
    <section aria-label={text.detail.notes} className="grid gap-1">
      <div className="flex min-h-8 items-center justify-between text-meta text-muted">
        <h2>{text.detail.notes}</h2>
        {!writes && (
          <Button
            small
            look="plain"
            aria-label={views.editNotes}
            onClick={() => {
              setEditing(true);
            }}
          >
            {views.edit}
          </Button>
        )}
      </div>
      {writes ? (
        <textarea
          ref={field}
          aria-label={text.detail.notes}
          rows={4}
          maxLength={NOTES_LIMIT}
          placeholder={text.detail.notesPlaceholder}
          className="field field-sizing-content min-h-24 resize-none text-base text-ink"
          value={draft.value}
          onChange={(event) => {
            // The first letter must not turn the field into what is read.
            setEditing(true);
            draft.onChange(event);
          }}
          onBlur={() => {
            draft.onBlur();
            setEditing(false);
          }}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            event.preventDefault();
            event.currentTarget.blur();
          }}
        />
      ) : (
        <rendered.Part
          of={{ notes: draft.value }}
          // Unread Markdown is still text.
          failed={() => <p className="whitespace-pre-wrap">{draft.value}</p>}
        />
      )}
    </section>
  );
}
