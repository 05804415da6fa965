import { beforeEach, describe, expect, it, vi } from "vitest";

import { remember } from "@/shared/lib/storage";

import { type Line, Session } from "./session";

const fetched = vi.fn<typeof fetch>();
const user = (id: string) => ({
  id,
  email: `${id}@example.org`,
  time_zone: "UTC",
  is_guest: false,
});
let there: string | null;

/** A line on which windows hear each other, never themselves. */
class FakeLine implements Line {
  static readonly all: FakeLine[] = [];
  readonly #listeners: ((event: MessageEvent) => void)[] = [];

  constructor() {
    FakeLine.all.push(this);
  }

  postMessage = (data: unknown) => {
    for (const line of FakeLine.all) {
      if (line !== this) for (const hear of line.#listeners) hear({ data } as MessageEvent);
    }
  };

  addEventListener = (_type: string, listener: unknown) => {
    this.#listeners.push(listener as (event: MessageEvent) => void);
  };
}

beforeEach(() => {
  there = null;
  FakeLine.all.length = 0;
  document.cookie = "csrftoken=abc";
  fetched.mockReset();
  fetched.mockImplementation((path, init) => {
    if (path === "/api/v1/about/") {
      return Promise.resolve(Response.json({ demo: false, signed_in: there !== null }));
    }
    if (path === "/api/v1/users/me/") {
      const answer = there ? Response.json(user(there)) : Response.json({}, { status: 401 });
      return Promise.resolve(answer);
    }
    if (init?.method === "DELETE") there = null;
    else there = (JSON.parse(init?.body as string) as { email: string }).email;
    return Promise.resolve(Response.json({}, { status: init?.method === "DELETE" ? 401 : 200 }));
  });
  vi.stubGlobal("fetch", fetched);
});

const asked = () => fetched.mock.calls.map(([path]) => path);

describe("who is there", () => {
  it("is nobody without an error in the console where the server can say so", async () => {
    expect(await new Session().load()).toBeNull();
    expect(asked()).toEqual(["/api/v1/about/"]);
  });

  it("is asked at once where somebody was before", async () => {
    there = "ada";
    await new Session().load();
    expect(asked()).toEqual(["/api/v1/about/", "/api/v1/users/me/"]);
    fetched.mockClear();
    expect(await new Session().load()).toEqual(user("ada"));
    expect(asked()).toEqual(["/api/v1/users/me/"]);
  });

  it("is asked the old way of a server that does not say", async () => {
    fetched.mockImplementation((path) =>
      Promise.resolve(
        path === "/api/v1/about/" ? Response.json({}) : Response.json({}, { status: 401 }),
      ),
    );
    expect(await new Session().load()).toBeNull();
    expect(asked()).toContain("/api/v1/users/me/");
  });
});

describe("a new account", () => {
  const patched = () =>
    fetched.mock.calls
      .filter(([, init]) => init?.method === "PATCH")
      .map(([, init]) => JSON.parse(init?.body as string) as unknown);

  it("is spoken to as was chosen in this browser", async () => {
    remember("language", "de");
    await new Session().signUp("ada", "secret");
    expect(patched()).toEqual([expect.objectContaining({ language: "de" })]);
  });

  it("is left to the browser where nothing was chosen", async () => {
    await new Session().signUp("ada", "secret");
    expect(JSON.stringify(patched())).not.toContain("language");
  });
});

describe("two windows", () => {
  let first: Session;
  let second: Session;
  const ended = vi.fn();

  beforeEach(async () => {
    ended.mockReset();
    there = "ada";
    first = new Session(new FakeLine());
    second = new Session(new FakeLine());
    first.onEndedElsewhere(ended);
    await first.load();
    await second.load();
  });

  it("end together when one signs out", async () => {
    await second.signOut();
    expect(ended).toHaveBeenCalledTimes(1);
  });

  it("end when the other becomes somebody else's", async () => {
    await second.signIn("carol", "secret");
    expect(ended).toHaveBeenCalledTimes(1);
  });

  it("stay when the other signs in as the same person", async () => {
    await second.signIn("ada", "secret");
    expect(ended).not.toHaveBeenCalled();
  });

  it("ask anew once somebody has signed in elsewhere", async () => {
    await first.signOut();
    second.end();
    await first.signIn("carol", "secret");
    expect(await second.load()).toEqual(user("carol"));
  });
});

describe("who was here before", () => {
  const ended = vi.fn();

  beforeEach(async () => {
    ended.mockReset();
    there = "ada";
    await new Session().load();
  });

  it("is known without an answer of the server", async () => {
    fetched.mockImplementation(() => Promise.reject(new TypeError("no network")));
    const session = new Session();
    expect(await session.load()).toEqual(user("ada"));
    await Promise.resolve();
    expect(session.user.get()).toEqual(user("ada"));
  });

  it("is sent away where the server knows nobody, also before anybody listens", async () => {
    there = null;
    const session = new Session();
    await session.load();
    await new Promise((resolve) => setTimeout(resolve));
    session.onEndedElsewhere(ended);
    await Promise.resolve();
    expect(ended).toHaveBeenCalledTimes(1);
  });

  it("makes way for who is signed in now", async () => {
    there = "carol";
    const session = new Session();
    await session.load();
    await vi.waitFor(() => {
      expect(session.user.get()?.id).toBe("carol");
    });
  });

  it("is not known any more once signed out, and nothing of theirs is kept", async () => {
    const forget = vi.fn();
    const session = new Session(null, forget);
    await session.load();
    await session.signOut();
    expect(forget).toHaveBeenCalledWith("ada");
    expect(await new Session().load()).toBeNull();
  });
});
