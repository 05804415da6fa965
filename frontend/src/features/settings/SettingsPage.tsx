import { Link } from "@tanstack/react-router";
import type { ComponentType } from "react";

import { text } from "@/shared/text";
import { settings } from "@/shared/text/settings";
import { BackIcon } from "@/shared/ui/icons";

import { AccountSection } from "./AccountSection";
import { DataSection } from "./DataSection";
import { HoursSection } from "./HoursSection";
import { NoticesSection } from "./NoticesSection";
import type { SectionProps } from "./Part";
import { SecuritySection } from "./SecuritySection";
import { TokensSection } from "./TokensSection";

const SECTIONS = {
  account: AccountSection,
  hours: HoursSection,
  security: SecuritySection,
  tokens: TokensSection,
  notifications: NoticesSection,
  data: DataSection,
} satisfies Record<string, ComponentType<SectionProps>>;

type SectionName = keyof typeof SECTIONS;
const NAMES = Object.keys(SECTIONS) as SectionName[];

/** On a phone the row of sections is longer than the screen. */
function bringIntoView(link: HTMLElement | null): void {
  link?.scrollIntoView({ block: "nearest", inline: "center" });
}

interface SettingsPageProps extends SectionProps {
  /** What the address says; whatever is none of the sections opens the first. */
  readonly section?: string | undefined;
}

export default function SettingsPage({ section, ...rest }: SettingsPageProps) {
  const open = NAMES.find((name) => name === section) ?? "account";
  const Section = SECTIONS[open];
  const { user } = rest;
  return (
    <main className="mx-auto grid w-full max-w-[960px] content-start gap-6 px-4 pt-8 pb-24 sm:px-8 wide:grid-cols-[200px_minmax(0,560px)] wide:gap-x-16">
      <div className="wide:col-span-2">
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
      <nav
        aria-label={settings.label}
        className="-mx-4 flex gap-1 overflow-x-auto border-b border-line px-1 pb-2 wide:mx-0 wide:grid wide:content-start wide:overflow-visible wide:border-0 wide:px-0"
      >
        {NAMES.map((name) => (
          <Link
            key={name}
            to="/settings/$section"
            params={{ section: name }}
            replace
            ref={name === open ? bringIntoView : undefined}
            aria-current={name === open ? "page" : undefined}
            className="flex min-h-11 shrink-0 items-center rounded-card px-3 whitespace-nowrap text-muted hover:bg-hover hover:text-ink aria-[current]:bg-hover aria-[current]:font-semibold aria-[current]:text-ink wide:min-h-9"
          >
            {settings.sections[name]}
          </Link>
        ))}
      </nav>
      <div className="grid min-w-0 content-start gap-10">
        <Section {...rest} />
      </div>
    </main>
  );
}
