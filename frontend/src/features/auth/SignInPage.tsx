import { Link } from "@tanstack/react-router";

import { text } from "@/shared/text";
import { Button } from "@/shared/ui/Button";
import { Field } from "@/shared/ui/Field";

import { NarrowPage } from "@/shared/ui/NarrowPage";
import { FormError } from "@/shared/forms/FormError";
import type { Session } from "./session";
import { entry, useSubmit } from "@/shared/forms/useSubmit";

interface SignInPageProps {
  readonly session: Session;
  /** Why the person is here without having asked to be, if so. */
  readonly notice: string | null;
  readonly onDone: () => void;
}

export function SignInPage({ session, notice, onDone }: SignInPageProps) {
  const form = useSubmit(async (entered) => {
    await session.signIn(entry(entered, "email"), entry(entered, "password"));
    onDone();
  });
  return (
    <NarrowPage title={text.auth.signInTitle}>
      {notice && <p role="status">{notice}</p>}
      <form className="grid gap-4" onSubmit={form.onSubmit}>
        <Field
          label={text.auth.email}
          name="email"
          type="email"
          autoComplete="username"
          required
          error={form.errorOf("email")}
        />
        <Field
          label={text.auth.password}
          name="password"
          type="password"
          autoComplete="current-password"
          required
          error={form.errorOf("password")}
        />
        <FormError message={form.errorBeside("email", "password")} />
        <Button type="submit" look="main" disabled={form.busy}>
          {text.auth.signIn}
        </Button>
      </form>
      <p className="flex flex-wrap justify-between gap-2 text-meta">
        <Link to="/forgot-password" className="py-2 text-accent underline underline-offset-2">
          {text.auth.forgot}
        </Link>
        <Link to="/signup" className="py-2 text-accent underline underline-offset-2">
          {text.auth.noAccount} {text.auth.signUp}
        </Link>
      </p>
    </NarrowPage>
  );
}
