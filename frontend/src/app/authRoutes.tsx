import { getRouteApi, useNavigate, useRouteContext } from "@tanstack/react-router";

import { ForgotPasswordPage } from "@/features/auth/ForgotPasswordPage";
import { ResetPasswordPage } from "@/features/auth/ResetPasswordPage";
import { SignInPage } from "@/features/auth/SignInPage";
import { SignUpPage } from "@/features/auth/SignUpPage";
import { VerifyEmailPage } from "@/features/auth/VerifyEmailPage";
import { text } from "@/shared/text";

/** The pages around the session, given what their addresses say. Loaded when one is opened. */
export function SignIn() {
  const { session } = useRouteContext({ from: "__root__" });
  const { ended, next } = getRouteApi("/public/signin").useSearch();
  const navigate = useNavigate();
  return (
    <SignInPage
      session={session}
      notice={ended ? text.auth.ended : null}
      onDone={() => void navigate({ to: next ?? "/", replace: true })}
    />
  );
}

export function SignUp() {
  const { session } = useRouteContext({ from: "__root__" });
  const navigate = useNavigate();
  return <SignUpPage session={session} onDone={() => void navigate({ to: "/" })} />;
}

export const ForgotPassword = ForgotPasswordPage;

export function ResetPassword() {
  const { key } = getRouteApi("/public/account/password/reset/$key").useParams();
  return <ResetPasswordPage resetKey={key} />;
}

export function VerifyEmail() {
  const { key } = getRouteApi("/public/account/verify-email/$key").useParams();
  return <VerifyEmailPage verifyKey={key} />;
}
