import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { User } from "@/shared/api/types";
import { text } from "@/shared/text";
import { settings } from "@/shared/text/settings";
import { BackIcon } from "@/shared/ui/icons";

import { DeleteAccount } from "./DeleteAccount";
import { PasswordForm } from "./PasswordForm";
import { ZoneForm } from "./ZoneForm";

interface SettingsPageProps {
  readonly user: User;
  readonly onChanged: (user: User) => void;
  readonly onDeleted: () => void;
}

export default function SettingsPage({ user, onChanged, onDeleted }: SettingsPageProps) {
  return (
    <main className="mx-auto grid max-w-[560px] gap-10 px-4 pt-8 pb-24">
      <div>
        <div className="flex items-center gap-1">
          <Link
            to="/tasks"
            aria-label={text.auth.toBoard}
            title={text.auth.toBoard}
            className="-ml-3 inline-flex size-11 items-center justify-center rounded-card text-muted hover:bg-hover hover:text-ink"
          >
            <BackIcon className="size-5" />
          </Link>
          <h1 className="text-title font-semibold">{settings.title}</h1>
        </div>
        <p className="text-muted">{user.is_guest ? settings.guest : user.email}</p>
      </div>
      <Part title={settings.time}>
        <ZoneForm user={user} onChanged={onChanged} />
      </Part>
      {!user.is_guest && (
        <Part title={settings.password}>
          <PasswordForm email={user.email} />
        </Part>
      )}
      <Part title={settings.deleteTitle}>
        <DeleteAccount user={user} onDeleted={onDeleted} />
      </Part>
    </main>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title} className="grid gap-4 border-t border-line pt-6">
      <h2 className="font-semibold">{title}</h2>
      {children}
    </section>
  );
}
