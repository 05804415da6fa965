import { ApiError } from "@/shared/api/errors";
import { getAbout } from "@/shared/api/getAbout";
import { getMe } from "@/shared/api/getMe";
import { signIn } from "@/shared/api/signIn";
import { signOut } from "@/shared/api/signOut";
import { signUp } from "@/shared/api/signUp";
import { startDemo } from "@/shared/api/startDemo";
import type { User } from "@/shared/api/types";
import { updateMe } from "@/shared/api/updateMe";
import { Observable } from "@/shared/lib/observable";
import { recall, remember } from "@/shared/lib/storage";
import { browserZone } from "@/shared/lib/zone";
import { chosenLanguage } from "@/shared/text/language";

/** Under this name the browser remembers that somebody was signed in. */
const MEMBER = "member";
/** And under this one who it was, so that the page opens before the server has answered, or without. */
const USER = "user";

/** The line between the browser's windows of this page; each says there who is signed in. */
export type Line = Pick<BroadcastChannel, "postMessage" | "addEventListener">;

/** Who is signed in, in this browser. */
export class Session {
  /** Null: nobody. What it is before `load` has come back says nothing. */
  readonly user = new Observable<User | null>(null);
  readonly #line: Line | null;
  readonly #endListeners = new Set<() => void>();
  readonly #forget: (viewer: string) => void;
  #loading: Promise<User | null> | null = null;
  /** The server knows nobody, though somebody was remembered. */
  #over = false;

  /** `forget` deletes what else this browser keeps of a person. */
  constructor(line: Line | null = null, forget: (viewer: string) => void = () => undefined) {
    this.#line = line;
    this.#forget = forget;
    line?.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (data === (this.user.get()?.id ?? null)) return;
      // Who it is now is asked when somebody wants to know.
      if (!this.user.get()) this.#loading = null;
      for (const ended of [...this.#endListeners]) ended();
    });
  }

  /** Whether somebody was signed in here last. */
  remembers(): boolean {
    return recall(MEMBER) === "yes";
  }

  /** Tells when another window has ended this session, or begun that of another account. */
  onEndedElsewhere(listener: () => void): () => void {
    this.#endListeners.add(listener);
    // It may have turned out before anybody listened.
    if (this.#over) queueMicrotask(listener);
    return () => this.#endListeners.delete(listener);
  }

  /**
   * Who was here last, at once, while the server is asked whether they still are; otherwise what
   * the server says. It is asked once; later calls get the same answer.
   */
  load(): Promise<User | null> {
    this.#loading ??= this.#ask().catch((error: unknown) => {
      this.#loading = null;
      throw error;
    });
    return this.#loading;
  }

  async signIn(email: string, password: string): Promise<void> {
    await signIn(email, password);
    await this.#begin();
  }

  /** False if the address has to be confirmed first. */
  async signUp(email: string, password: string): Promise<boolean> {
    if (!(await signUp(email, password))) return false;
    await this.#begin(asHere);
    return true;
  }

  async startDemo(): Promise<void> {
    await startDemo();
    await this.#begin(asHere);
  }

  async signOut(): Promise<void> {
    await signOut();
    this.leave();
  }

  /** The person has gone, on purpose: nothing of theirs stays in this browser. */
  leave(): void {
    const viewer = this.user.get()?.id;
    this.end();
    this.#tell();
    if (viewer !== undefined) this.#forget(viewer);
  }

  /** The session is over, by whatever cause. */
  end(): void {
    this.update(null);
  }

  update(user: User | null): void {
    this.#over = false;
    this.#loading = Promise.resolve(user);
    this.#set(user);
  }

  #set(user: User | null): void {
    remember(MEMBER, user ? "yes" : "");
    const known = user ? JSON.stringify(user) : "";
    if (user && known === JSON.stringify(this.user.get())) return;
    remember(USER, known);
    this.user.set(user);
  }

  /** `settle`: what is to be done with a new account before anything of it is drawn. */
  async #begin(settle?: (user: User) => Promise<User>): Promise<void> {
    this.#over = false;
    remember(USER, "");
    this.#loading = null;
    if (settle) this.update(await settle(await getMe()));
    else await this.load();
    this.#tell();
  }

  #tell(): void {
    this.#line?.postMessage(this.user.get()?.id ?? null);
  }

  async #ask(): Promise<User | null> {
    const known = readUser(recall(USER));
    if (known) {
      this.user.set(known);
      void this.#confirm();
      return known;
    }
    const user = await whoIsThere();
    this.#set(user);
    return user;
  }

  /** Asks whether who was remembered is still signed in. Without an answer the stream finds it out. */
  async #confirm(): Promise<void> {
    const before = this.user.get();
    const user = await whoIsThere().catch(() => before);
    // Meanwhile the person may have signed out here, or somebody signed in.
    if (this.user.get() !== before) return;
    if (user) {
      this.update(user);
      return;
    }
    this.#over = true;
    for (const ended of [...this.#endListeners]) ended();
  }
}

/**
 * A new account reads times as its browser does, and is spoken to as was chosen here. Without that it
 * still works, in UTC and as the browser reads.
 */
async function asHere(user: User): Promise<User> {
  const language = chosenLanguage() ?? user.language;
  const time_zone = browserZone();
  if (user.time_zone === time_zone && user.language === language) return user;
  return updateMe({ time_zone, language }).catch(() => user);
}

function readUser(text: string | null): User | null {
  try {
    const user = JSON.parse(text ?? "") as Partial<User> | null;
    return typeof user?.id === "string" && typeof user.time_zone === "string"
      ? (user as User)
      : null;
  } catch {
    return null;
  }
}

async function whoIsThere(): Promise<User | null> {
  // To ask for the user where there is none is an error, and the console would say so. Who was
  // here before is likely to be here still, and is not kept waiting for two answers.
  if (recall(MEMBER) !== "yes") {
    const about = await getAbout().catch(() => null);
    if (about?.signed_in === false) return null;
  }
  return getMe().catch((error: unknown) => {
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) return null;
    throw error;
  });
}
