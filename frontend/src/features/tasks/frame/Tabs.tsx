import { Link, useLocation, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { BUCKETS } from "@/shared/store/bucket";
import { text } from "@/shared/text";
import { views } from "@/shared/text/views";
import { ChartIcon, CheckIcon, ClockIcon, MissedIcon } from "@/shared/ui/icons";

import { Count } from "../board/Count";
import { useBoard } from "../context";
import type { BoardSearch } from "../view/address";

const ICONS = { upcoming: ClockIcon, missed: MissedIcon, completed: CheckIcon };

/** The phone's way about, under the thumb: the buckets with their counts, and the insights. */
export function Tabs() {
  const board = useBoard();
  const { pathname } = useLocation();
  const { bucket: shown = "upcoming" } = useSearch({ strict: false });
  const onBoard = /^\/(today|(projects|labels|tasks)\/.*)?$/.test(pathname);
  return (
    <nav
      aria-label={text.buckets.label}
      data-tabs=""
      className="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-paper pb-[env(safe-area-inset-bottom)]"
    >
      <ul className="mx-auto grid max-w-[640px] grid-cols-4">
        {BUCKETS.map((bucket) => {
          const Icon = ICONS[bucket];
          const active = onBoard && bucket === shown;
          const count = board[bucket].length;
          return (
            <li key={bucket} className="contents">
              <Link
                to={onBoard ? "." : "/"}
                search={({ bucket: _before, ...rest }: BoardSearch) => ({
                  ...(onBoard ? rest : {}),
                  ...(bucket === "upcoming" ? {} : { bucket }),
                })}
                replace={onBoard}
                data-travel-to={bucket}
                aria-current={active ? "page" : undefined}
                className={tabClass(active)}
              >
                <Tab name={text.buckets[bucket]} active={active} icon={<Icon className="size-5" />}>
                  <span className={bucket === "missed" && count > 0 ? "text-missed" : ""}>
                    <Count value={count} />
                  </span>
                </Tab>
              </Link>
            </li>
          );
        })}
        <li className="contents">
          <Link
            to={"/insights"}
            className={tabClass(pathname === "/insights")}
            aria-current={pathname === "/insights" ? "page" : undefined}
          >
            <Tab
              name={views.insights}
              active={pathname === "/insights"}
              icon={<ChartIcon className="size-5" />}
            />
          </Link>
        </li>
      </ul>
    </nav>
  );
}

function tabClass(active: boolean): string {
  return `grid min-h-14 place-items-center content-center gap-0.5 text-meta outline-offset-[-4px] ${
    active ? "text-accent" : "text-muted"
  }`;
}

interface TabProps {
  readonly name: string;
  readonly active: boolean;
  readonly icon: ReactNode;
  readonly children?: ReactNode;
}

function Tab({ name, active, icon, children }: TabProps) {
  return (
    <>
      {/* Read "Missed 2", seen the other way up. */}
      <span className={`order-last ${active ? "font-semibold" : ""}`}>{name}</span>
      <span className="flex items-center gap-1.5">
        {icon}
        {children}
      </span>
    </>
  );
}
