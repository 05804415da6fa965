import { useEffect, useMemo, useRef, useState } from "react";

import { useClock } from "@/shared/clock/react";
import { useObservable } from "@/shared/lib/observable";
import { useLabelsOf, useProjectsOf } from "@/shared/store/react";
import { writtenIn } from "@/shared/text/language";

import { useWorkspace, useZone } from "../context";
import { type Answer, corrected, dueWords } from "./corrected";
import { lastWord } from "./lastWord";
import { type Circumstances, plainly, type Reading, type Span } from "./reading";
import type { Reader } from "./reader";

/** So long a pause in the typing lets the server be asked. */
const ASK_AFTER_MS = 250;
const NONE: readonly string[] = [];

export interface Line {
  readonly line: string;
  /** What it means: at once by the page's own guess, and soon as the server reads it. */
  readonly reading: Reading;
  readonly projects: readonly string[];
  readonly labels: readonly string[];
  /** Whether the reading is no longer about to change by itself. */
  readonly settled: boolean;
  readonly type: (line: string) => void;
  /** Lets understood words be words again. */
  readonly takeBack: (spans: readonly Span[]) => void;
  /** Fetches what makes the guess, ahead of the first letter. */
  readonly prepare: () => void;
  /** What the line means for good, `dated` where its words may say a deadline. */
  readonly lastWord: (dated: boolean) => Reading | Promise<Reading>;
}

export function useLine(): Line {
  const clock = useClock();
  const zone = useZone();
  const { store, connection } = useWorkspace();
  const live = useObservable(connection).state === "live";
  const allProjects = useProjectsOf(store);
  const allLabels = useLabelsOf(store);
  const [line, setLine] = useState("");
  const [plain, setPlain] = useState(NONE);
  const [reader, setReader] = useState<{ readonly read: Reader } | null>(null);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const fetched = useRef<Promise<Reader | null> | null>(null);
  const projects = useMemo(
    () => allProjects.filter(({ archived }) => !archived).map(({ name }) => name),
    [allProjects],
  );
  const labels = useMemo(() => allLabels.map(({ name }) => name), [allLabels]);
  const how = useMemo((): Omit<Circumstances, "now"> => {
    return { zone, language: writtenIn(), projects, labels, plain };
  }, [zone, projects, labels, plain]);
  const guess = useMemo(
    () => (reader ? reader.read(line, { ...how, now: clock.now() }) : plainly(line)),
    [reader, line, how, clock],
  );

  useEffect(() => {
    if (!live || line.trim() === "") return;
    const call = new AbortController();
    const timer = setTimeout(() => {
      void import("./ask")
        .then(({ askServer }) => askServer(line, { ...how, now: 0 }, call.signal))
        .then(
          (reading) => {
            if (!call.signal.aborted) setAnswer({ reading, how, guessed: dueWords(guess) });
          },
          // Without an answer the guess is what there is.
          () => undefined,
        );
    }, ASK_AFTER_MS);
    return () => {
      clearTimeout(timer);
      call.abort();
    };
  }, [live, line, how, guess]);

  const reading = corrected(guess, answer, how);
  const isAnswered = answer?.reading.line === line && answer.how === how;
  const prepare = () => {
    fetched.current ??= import("./reader")
      .then(({ makeReader }) => makeReader(writtenIn()))
      .then(
        (read) => {
          setReader({ read });
          return read;
        },
        () => {
          fetched.current = null;
          return null;
        },
      );
    return fetched.current;
  };

  return {
    line,
    reading,
    projects,
    labels,
    settled: !live || answer?.reading.line === line,
    type: (typed) => {
      setLine(typed);
      const kept = plain.filter((words) => typed.toLowerCase().includes(words.toLowerCase()));
      if (kept.length < plain.length) setPlain(kept);
    },
    takeBack: (spans) => {
      setPlain([...plain, ...spans.map(({ start, end }) => line.slice(start, end))]);
    },
    prepare: () => void prepare(),
    lastWord: (dated) => {
      if (reader && (!dated || !live || isAnswered)) return reading;
      const circumstances = { ...how, now: clock.now() };
      return lastWord(line, circumstances, { reader: prepare(), live: live && dated });
    },
  };
}
