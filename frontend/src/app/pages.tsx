import { Link, Outlet, useNavigate, useRouteContext } from "@tanstack/react-router";
import { lazy, Suspense } from "react";

import { AuthPage } from "@/features/auth/AuthPage";
import { explain } from "@/shared/api/errors";
import { useObservable } from "@/shared/lib/observable";
import { text } from "@/shared/text";
import { Button, buttonClass } from "@/shared/ui/Button";
import { Toaster } from "@/shared/ui/Toaster";

import { Header } from "./Header";

const Settings = lazy(() => import("@/features/settings/SettingsPage"));

export function Root() {
  return (
    <>
      <Outlet />
      <Toaster />
    </>
  );
}

/** The frame of what needs no account. */
export function SignedOut() {
  return (
    <>
      <Header />
      <Outlet />
    </>
  );
}

export function SettingsRoute() {
  const { session } = useRouteContext({ from: "__root__" });
  const user = useObservable(session.user);
  const navigate = useNavigate();
  return (
    user && (
      <Suspense fallback={null}>
        <Settings
          user={user}
          onChanged={(changed) => {
            session.update(changed);
          }}
          onDeleted={() => {
            session.end();
            void navigate({ to: "/" });
          }}
        />
      </Suspense>
    )
  );
}

export function NotFound() {
  return (
    <>
      <Header />
      <AuthPage title={text.page.missing}>
        <Link to="/" className={buttonClass("main")}>
          {text.page.home}
        </Link>
      </AuthPage>
    </>
  );
}

export function Broken({ error }: { readonly error: unknown }) {
  return (
    <AuthPage title={text.page.broken}>
      <p role="alert">{explain(error)}</p>
      <Button
        look="main"
        onClick={() => {
          window.location.reload();
        }}
      >
        {text.page.reload}
      </Button>
    </AuthPage>
  );
}
