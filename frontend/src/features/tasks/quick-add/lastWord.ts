import { type Circumstances, plainly, type Reading } from "./reading";
import type { Reader } from "./reader";

/** Beyond this a line that is ready is taken as the page itself reads it. */
const SERVER_PATIENCE_MS = 1_000;
/** Beyond this it is taken as it was typed. */
const READER_PATIENCE_MS = 3_000;

interface Asked {
  /** What makes the page's guess; null where it can't be fetched. */
  readonly reader: Promise<Reader | null>;
  /** Whether the server is asked first. */
  readonly live: boolean;
}

/** What a line means for good: as the server reads it, or else the page. Never rejects. */
export async function lastWord(
  line: string,
  circumstances: Circumstances,
  { reader, live }: Asked,
): Promise<Reading> {
  const call = new AbortController();
  const ask = async () => {
    const { askServer } = await import("./ask");
    return askServer(line, circumstances, call.signal);
  };
  const answer = live ? await within(ask(), SERVER_PATIENCE_MS) : null;
  call.abort();
  if (answer) return answer;
  const read = await within(reader, READER_PATIENCE_MS);
  return read ? read(line, circumstances) : plainly(line);
}

/** What it comes to; null where it fails, or takes longer. */
function within<Value>(awaited: Promise<Value>, ms: number): Promise<Value | null> {
  return new Promise((resolve) => {
    const give = (value: Value | null) => {
      clearTimeout(timer);
      resolve(value);
    };
    const timer = setTimeout(give, ms, null);
    awaited.then(give, () => {
      give(null);
    });
  });
}
