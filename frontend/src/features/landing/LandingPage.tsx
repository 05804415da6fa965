import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";

import { explain } from "@/shared/api/errors";
import { getAbout } from "@/shared/api/getAbout";
import { text } from "@/shared/text";
import { landing } from "@/shared/text/landing";
import { Button, buttonClass } from "@/shared/ui/Button";

import { Front } from "./Front";

interface LandingPageProps {
  /** The product at work. */
  readonly sample: ReactNode;
  readonly startDemo: () => Promise<void>;
}

/** The first screen without an account. */
export function LandingPage({ sample, startDemo }: LandingPageProps) {
  const demo = useDemo();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const start = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await startDemo();
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  };
  return (
    <Front words={landing} sample={sample}>
      <div className="flex flex-wrap items-center gap-3">
        {demo && (
          <Button look="main" disabled={busy} onClick={() => void start()}>
            {landing.demo}
          </Button>
        )}
        <Link to="/signup" className={buttonClass(demo ? "quiet" : "main")}>
          {text.auth.signUp}
        </Link>
        <Link to="/signin" className={buttonClass("plain")}>
          {text.auth.signIn}
        </Link>
      </div>
      <p className="min-h-[18px] text-meta text-muted">{demo && landing.demoHint}</p>
      {problem && (
        <p role="alert" className="text-missed">
          {problem}
        </p>
      )}
    </Front>
  );
}

/** Whether this server lets people in as guests. */
function useDemo(): boolean {
  const [demo, setDemo] = useState(false);
  useEffect(() => {
    getAbout().then(
      (about) => {
        setDemo(about.demo);
      },
      () => {
        // Without an answer there is no demo to offer; the rest of the page stands.
      },
    );
  }, []);
  return demo;
}
