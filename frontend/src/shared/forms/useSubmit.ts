import { type SubmitEvent, useEffect, useState } from "react";

import { ApiError, explain, type FieldError } from "@/shared/api/errors";
import { useIsHere } from "@/shared/lib/useIsHere";
import { showRefusal } from "@/shared/ui/toasts";

interface Failure {
  readonly message: string;
  readonly fields: readonly FieldError[];
  readonly form: HTMLFormElement;
}

/**
 * A form under way: what was entered goes to `send`, and what comes back wrong is kept. Whoever has left the form by
 * then is told what `missed` makes of the reason; without it nothing.
 */
export function useSubmit(
  send: (entered: FormData) => Promise<void>,
  missed?: (why: string) => string,
) {
  const isHere = useIsHere();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);

  // The button took the focus and gave it up while it was busy; it goes to what is to be mended.
  useEffect(() => {
    const wrong = failure?.form.querySelector<HTMLElement>("[aria-invalid=true]");
    (wrong ?? failure?.form.querySelector<HTMLElement>("[type=submit]"))?.focus();
  }, [failure]);

  const submit = async (form: HTMLFormElement) => {
    setBusy(true);
    setFailure(null);
    try {
      await send(new FormData(form));
    } catch (error) {
      if (!isHere()) {
        if (missed) showRefusal(missed(explain(error)));
        return;
      }
      const fields = error instanceof ApiError ? error.fields : [];
      setFailure({ message: explain(error), fields, form });
    } finally {
      setBusy(false);
    }
  };

  return {
    busy,
    submit,
    onSubmit: (event: SubmitEvent<HTMLFormElement>) => {
      event.preventDefault();
      void submit(event.currentTarget);
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
