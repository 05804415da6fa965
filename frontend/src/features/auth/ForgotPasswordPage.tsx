import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { requestPasswordReset } from "@/shared/api/requestPasswordReset";
import { text } from "@/shared/text";
import { Button, buttonClass } from "@/shared/ui/Button";
import { Field } from "@/shared/ui/Field";

import { NarrowPage } from "@/shared/ui/NarrowPage";
import { FormError } from "@/shared/forms/FormError";
import { entry, useSubmit } from "@/shared/forms/useSubmit";

export function ForgotPasswordPage() {
  const [sent, setSent] = useState(false);
  const form = useSubmit(async (entered) => {
    await requestPasswordReset(entry(entered, "email"));
    setSent(true);
  });
  return (
    <NarrowPage title={text.auth.forgotTitle}>
      {sent ? (
        <>
          <p role="status">{text.auth.forgotSent}</p>
          <Link to="/signin" className={buttonClass("main")}>
            {text.auth.toSignIn}
          </Link>
        </>
      ) : (
        <form className="grid gap-4" onSubmit={form.onSubmit}>
          <p className="text-muted">{text.auth.forgotHint}</p>
          <Field
            label={text.auth.email}
            name="email"
            type="email"
            autoComplete="username"
            required
            error={form.errorOf("email")}
          />
          <FormError message={form.errorBeside("email")} />
          <Button type="submit" look="main" disabled={form.busy}>
            {text.auth.forgotSend}
          </Button>
        </form>
      )}
    </NarrowPage>
  );
}
