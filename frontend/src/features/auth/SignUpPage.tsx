import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { text } from "@/shared/text";
import { Button } from "@/shared/ui/Button";
import { Field } from "@/shared/ui/Field";

import { NarrowPage } from "@/shared/ui/NarrowPage";
import { FormError } from "@/shared/forms/FormError";
import type { Session } from "./session";
import { entry, useSubmit } from "@/shared/forms/useSubmit";

interface SignUpPageProps {
  readonly session: Session;
  readonly onDone: () => void;
}

export function SignUpPage({ session, onDone }: SignUpPageProps) {
  const [toConfirm, setToConfirm] = useState(false);
  const form = useSubmit(async (entered) => {
    const signedIn = await session.signUp(entry(entered, "email"), entry(entered, "password"));
    if (signedIn) onDone();
    else setToConfirm(true);
  });
  if (toConfirm) {
    return (
      <NarrowPage title={text.auth.verifyTitle}>
        <p role="status">{text.auth.verifyFirst}</p>
      </NarrowPage>
    );
  }
  return (
    <NarrowPage title={text.auth.signUpTitle}>
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
          autoComplete="new-password"
          minLength={8}
          required
          hint={text.auth.passwordHint}
          error={form.errorOf("password")}
        />
        <FormError message={form.errorBeside("email", "password")} />
        <Button type="submit" look="main" disabled={form.busy}>
          {text.auth.signUp}
        </Button>
      </form>
      <p className="text-meta">
        <Link to="/signin" className="py-2 text-accent underline underline-offset-2">
          {text.auth.haveAccount} {text.auth.signIn}
        </Link>
      </p>
    </NarrowPage>
  );
}
