import { ApiError } from "@/shared/api/errors";
import { getMe } from "@/shared/api/getMe";
import { signIn } from "@/shared/api/signIn";
import { signOut } from "@/shared/api/signOut";
import { signUp } from "@/shared/api/signUp";
import { startDemo } from "@/shared/api/startDemo";
import type { User } from "@/shared/api/types";
import { updateMe } from "@/shared/api/updateMe";
import { Observable } from "@/shared/lib/observable";
import { browserZone } from "@/shared/lib/zone";

/** Who is signed in, in this browser. */
export class Session {
  /** Null: nobody. What it is before `load` has come back says nothing. */
  readonly user = new Observable<User | null>(null);
  #loading: Promise<User | null> | null = null;

  /** Asks the server once; later calls get the same answer. */
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
    await this.#begin();
    await this.#adoptZone();
    return true;
  }

  async startDemo(): Promise<void> {
    await startDemo();
    await this.#begin();
    await this.#adoptZone();
  }

  async signOut(): Promise<void> {
    await signOut();
    this.end();
  }

  /** The session is over, by whatever cause. */
  end(): void {
    this.update(null);
  }

  update(user: User | null): void {
    this.#loading = Promise.resolve(user);
    this.user.set(user);
  }

  async #begin(): Promise<void> {
    this.#loading = null;
    await this.load();
  }

  async #ask(): Promise<User | null> {
    const user = await getMe().catch((error: unknown) => {
      if (error instanceof ApiError && (error.status === 401 || error.status === 403)) return null;
      throw error;
    });
    this.user.set(user);
    return user;
  }

  /** A new account reads times as its browser does. Without that it still works, in UTC. */
  async #adoptZone(): Promise<void> {
    const time_zone = browserZone();
    if (this.user.get()?.time_zone === time_zone) return;
    const user = await updateMe({ time_zone }).catch(() => null);
    if (user) this.update(user);
  }
}
