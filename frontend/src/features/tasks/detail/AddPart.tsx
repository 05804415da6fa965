import { useState } from "react";

import type { Task } from "@/shared/api/types";
import { views } from "@/shared/text/views";
import { PlusIcon } from "@/shared/ui/icons";

import { useWorkspace } from "../context";
import { NO_DEADLINE } from "../deadline/deadline";
import { TITLE_LIMIT } from "../limits";

/** A line for one more step of a task. Enter adds it, and the line waits for the next. */
export function AddPart({ whole }: { readonly whole: Task }) {
  const { commands } = useWorkspace();
  const [title, setTitle] = useState("");
  return (
    <form
      className="flex min-h-11 items-center gap-3 rounded-card pl-2 text-muted focus-within:bg-hover hover:bg-hover wide:min-h-9"
      onSubmit={(event) => {
        event.preventDefault();
        if (title.trim() === "") return;
        commands.create(title.trim(), NO_DEADLINE, { parent: whole.id, project: whole.project });
        setTitle("");
      }}
    >
      <PlusIcon className="mx-0.5 size-4" />
      <input
        aria-label={views.addStep}
        placeholder={views.addStep}
        autoComplete="off"
        enterKeyHint="done"
        maxLength={TITLE_LIMIT}
        className="min-h-11 min-w-0 flex-1 bg-transparent text-ink outline-none wide:min-h-9"
        value={title}
        onChange={(event) => {
          setTitle(event.target.value);
        }}
      />
    </form>
  );
}
