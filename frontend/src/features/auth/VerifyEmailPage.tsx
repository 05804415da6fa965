import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { ApiError, explain } from "@/shared/api/errors";
import { verifyEmail } from "@/shared/api/verifyEmail";
import { text } from "@/shared/text";
import { buttonClass } from "@/shared/ui/Button";

import { NarrowPage } from "@/shared/ui/NarrowPage";

interface VerifyEmailPageProps {
  /** From the link in the letter. */
  readonly verifyKey: string;
}

export function VerifyEmailPage({ verifyKey }: VerifyEmailPageProps) {
  const [said, setSaid] = useState(text.auth.verifying);
  useEffect(() => {
    verifyEmail(verifyKey).then(
      () => {
        setSaid(text.auth.verified);
      },
      (error: unknown) => {
        const refused = error instanceof ApiError && error.status === 400;
        setSaid(refused ? text.auth.verifyBad : explain(error));
      },
    );
  }, [verifyKey]);
  return (
    <NarrowPage title={text.auth.verifyTitle}>
      <p role="status">{said}</p>
      <Link to="/tasks" className={buttonClass("main")}>
        {text.auth.toBoard}
      </Link>
    </NarrowPage>
  );
}
