import { type SubmitEvent, useState } from "react";

import { ApiError, explain, type FieldError } from "@/shared/api/errors";

interface Failure {
  readonly message: string;
  readonly fields: readonly FieldError[];
}

/** A form under way: what was entered goes to `send`, and what comes back wrong is kept. */
export function useSubmit(send: (entered: FormData) => Promise<void>) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);

  const submit = async (entered: FormData) => {
    setBusy(true);
    setFailure(null);
    try {
      await send(entered);
    } catch (error) {
      const fields = error instanceof ApiError ? error.fields : [];
      setFailure({ message: explain(error), fields });
    } finally {
      setBusy(false);
    }
  };

  return {
    busy,
    onSubmit: (event: SubmitEvent<HTMLFormElement>) => {
      event.preventDefault();
      void submit(new FormData(event.currentTarget));
    },
    /** What is wrong with one field. */
    errorOf: (field: string): string | undefined =>
      failure?.fields.find((error) => error.field === field)?.message,
    /** What is wrong with the whole; undefined where a field says it, among those named. */
    errorBeside: (...shown: string[]): string | undefined =>
      failure?.fields.some(({ field }) => shown.includes(field)) ? undefined : failure?.message,
  };
}

/** A field of a form as text; absent reads as empty. */
export function entry(entered: FormData, name: string): string {
  const value = entered.get(name);
  return typeof value === "string" ? value : "";
}
