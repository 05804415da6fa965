import { useState } from "react";

import { endSession, endSessions } from "@/shared/api/endSession";
import { explain } from "@/shared/api/errors";
import { listSessions } from "@/shared/api/listSessions";
import type { DeviceSession } from "@/shared/api/types";
import { useClock } from "@/shared/clock/react";
import { settings } from "@/shared/text/settings";
import { Button } from "@/shared/ui/Button";
import { Confirm } from "@/shared/ui/Confirm";
import { showRefusal, showToast } from "@/shared/ui/toasts";

import { deviceName } from "./device";
import { ListState } from "./ListState";
import { useList } from "./useList";
import { agoText, dayText } from "./when";

/** A person rarely has more; whoever does logs them all out. */
const MOST_PAGES = 4;

async function allSessions(): Promise<readonly DeviceSession[]> {
  const found: DeviceSession[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { results, next_cursor } = await listSessions(cursor);
    found.push(...results);
    if (next_cursor === null) break;
    cursor = next_cursor;
  }
  return found.sort((a, b) => Number(b.is_current) - Number(a.is_current));
}

interface SessionsProps {
  readonly zone: string;
  /** This one has ended, too. */
  readonly onGone: () => void;
}

/** Where the person is logged in, and how to end that. */
export function Sessions({ zone, onGone }: SessionsProps) {
  const list = useList(allSessions);
  const [asking, setAsking] = useState<"others" | "all" | null>(null);
  const attempt = async (act: () => Promise<void>) => {
    try {
      await act();
    } catch (error) {
      showRefusal(settings.notLoggedOut(explain(error)));
      list.reload();
    }
  };
  const end = (session: DeviceSession) =>
    attempt(async () => {
      await endSession(session.id);
      list.change((all) => all.filter(({ id }) => id !== session.id));
      showToast({ message: settings.loggedOut(deviceName(session.user_agent)) });
    });
  const endOthers = () =>
    attempt(async () => {
      await endSessions(true);
      list.change((all) => all.filter(({ is_current }) => is_current));
      showToast({ message: settings.othersLoggedOut });
    });
  const endAll = () =>
    attempt(async () => {
      await endSessions(false);
      onGone();
    });
  const { items } = list;
  if (!items || list.problem !== null) return <ListState list={list} />;
  return (
    <>
      <ul className="grid">
        {items.map((session) => (
          <Device key={session.id} session={session} zone={zone} onEnd={end} />
        ))}
      </ul>
      <div className="flex flex-wrap gap-2">
        {items.length > 1 && (
          <Button
            onClick={() => {
              setAsking("others");
            }}
          >
            {settings.logOutOthers}
          </Button>
        )}
        <Button
          look="danger"
          onClick={() => {
            setAsking("all");
          }}
        >
          {settings.logOutAll}
        </Button>
      </div>
      {asking && (
        <Confirm
          question={asking === "all" ? settings.logOutAllAsk : settings.logOutOthersAsk}
          yes={asking === "all" ? settings.logOutAll : settings.logOutOthers}
          onYes={() => void (asking === "all" ? endAll() : endOthers())}
          onClose={() => {
            setAsking(null);
          }}
        />
      )}
    </>
  );
}

interface DeviceProps {
  readonly session: DeviceSession;
  readonly zone: string;
  readonly onEnd: (session: DeviceSession) => Promise<void>;
}

function Device({ session, zone, onEnd }: DeviceProps) {
  const [busy, setBusy] = useState(false);
  const clock = useClock();
  const name = deviceName(session.user_agent);
  return (
    <li className="flex min-h-14 items-center gap-3 border-t border-line py-2">
      <div className="min-w-0 flex-1">
        <p title={session.user_agent}>
          {name}
          {session.is_current && (
            <span className="ml-2 rounded-full border border-accent px-2 py-px text-meta text-accent">
              {settings.thisOne}
            </span>
          )}
        </p>
        <p className="facts text-meta text-muted">
          <span>
            <span>{session.address}</span>
            {!session.is_current && (
              <span>{settings.lastSeen(agoText(session.last_seen_at, zone, clock.now()))}</span>
            )}
            <span>{settings.since(dayText(session.created_at, zone))}</span>
          </span>
        </p>
      </div>
      {!session.is_current && (
        <Button
          small
          aria-label={settings.logOutOf(name)}
          disabled={busy}
          onClick={() => {
            setBusy(true);
            void onEnd(session).finally(() => {
              setBusy(false);
            });
          }}
        >
          {settings.logOut}
        </Button>
      )}
    </li>
  );
}
