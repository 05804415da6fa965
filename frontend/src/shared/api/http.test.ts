import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { carryOut } from "./carryOut";
import { ApiError, explain, NetworkError } from "./errors";
import { isSignedIn } from "./isSignedIn";
import { send } from "./http";
import { signOut } from "./signOut";
import { signUp } from "./signUp";
import { createTask, deleteTask, updateTask } from "./writes";

const fetched = vi.fn<typeof fetch>();

function answer(status: number, body?: unknown, headers: Record<string, string> = {}) {
  return () =>
    Promise.resolve(
      new Response(body === undefined ? null : JSON.stringify(body), { status, headers }),
    );
}

beforeEach(() => {
  fetched.mockReset();
  vi.stubGlobal("fetch", fetched);
  document.cookie = "csrftoken=abc";
});

afterEach(() => {
  document.cookie = "csrftoken=; expires=Thu, 01 Jan 1970 00:00:00 GMT";
});

const headersOf = (call: number) => new Headers(fetched.mock.calls[call]?.[1]?.headers);
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );

describe("a write", () => {
  it("carries the CSRF token and the operation's name", async () => {
    fetched.mockImplementation(answer(201, { id: "a" }));
    await carryOut(createTask({ id: "a", title: "T" }), "op");
    expect(headersOf(0).get("X-CSRFToken")).toBe("abc");
    expect(headersOf(0).get("Idempotency-Key")).toBe("op");
    expect(fetched.mock.calls[0]?.[1]?.body).toBe('{"id":"a","title":"T"}');
  });

  it("outlives its page, unless it is too long for that", async () => {
    fetched.mockImplementation(answer(200, { id: "a" }));
    await carryOut(updateTask("a", { notes: "short" }), "op");
    await carryOut(updateTask("a", { notes: "long".repeat(5_000) }), "op");
    expect(fetched.mock.calls.map(([, init]) => init?.keepalive)).toEqual([true, false]);
  });

  it("fetches the CSRF cookie first where it is missing", async () => {
    document.cookie = "csrftoken=; expires=Thu, 01 Jan 1970 00:00:00 GMT";
    fetched.mockImplementationOnce(() => {
      document.cookie = "csrftoken=fresh";
      return answer(401, {})();
    });
    fetched.mockImplementation(answer(204));
    await carryOut(deleteTask("a"), "op");
    expect(fetched.mock.calls[0]?.[0]).toBe("/api/auth/browser/v1/auth/session");
    expect(headersOf(1).get("X-CSRFToken")).toBe("fresh");
  });

  it("of what is gone already is a delete that succeeded", async () => {
    fetched.mockImplementation(answer(404, { code: "task_not_found" }));
    await expect(carryOut(deleteTask("a"), "op")).resolves.toEqual([]);
  });
});

describe("a refusal", () => {
  it("of our own API tells the field and the reason", async () => {
    fetched.mockImplementation(
      answer(400, {
        title: "Bad Request",
        code: "invalid",
        detail: "See errors.",
        errors: [{ pointer: "/title", code: "blank", detail: "This may not be blank." }],
      }),
    );
    const error = await failure(send("GET", "/x"));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      status: 400,
      code: "invalid",
      fields: [{ field: "title", code: "blank", message: "This must not be empty." }],
    });
    expect(explain(error)).toBe("This must not be empty.");
  });

  it("of the accounts' API reads the same", async () => {
    fetched.mockImplementation(
      answer(400, {
        status: 400,
        errors: [{ param: "password", code: "too_short", message: "Too short." }],
      }),
    );
    expect(await failure(send("GET", "/x"))).toMatchObject({
      code: "too_short",
      fields: [{ field: "password", message: "Too short." }],
    });
  });

  it.each([
    [429, "That was a bit much at once. Wait a minute, then try again."],
    [500, "Something went wrong on our side. Try again in a moment."],
    [404, "It does not exist any more."],
    [400, "That did not work. Try again in a moment."],
  ])("with %i and nothing else is still a sentence", async (status, sentence) => {
    fetched.mockImplementation(answer(status));
    expect(explain(await failure(send("GET", "/x")))).toBe(sentence);
  });

  it("keeps how long to wait", async () => {
    fetched.mockImplementation(answer(503, {}, { "Retry-After": "2" }));
    expect(await failure(send("GET", "/x"))).toMatchObject({ retryAfterMs: 2_000 });
  });

  it("is not the same as no answer", async () => {
    fetched.mockRejectedValue(new TypeError("failed"));
    expect(await failure(send("GET", "/x"))).toBeInstanceOf(NetworkError);
  });
});

describe("the session", () => {
  it("is not there where the answer is 401", async () => {
    fetched.mockImplementation(answer(401, { data: { flows: [] } }));
    await expect(isSignedIn("ada")).resolves.toBe(false);
  });

  it("is one person's, not anybody's", async () => {
    fetched.mockImplementation(answer(200, { id: "carol" }));
    await expect(isSignedIn("ada")).resolves.toBe(false);
    await expect(isSignedIn("carol")).resolves.toBe(true);
  });

  it("may be there where there is no answer", async () => {
    fetched.mockRejectedValue(new TypeError("failed"));
    await expect(isSignedIn("ada")).rejects.toThrow(NetworkError);
  });

  it("ends with 401, which is a success", async () => {
    fetched.mockImplementation(answer(401, {}));
    await expect(signOut()).resolves.toBeUndefined();
  });

  it("does not begin while the address is unconfirmed", async () => {
    fetched.mockImplementation(answer(401, { data: { flows: [{ id: "verify_email" }] } }));
    await expect(signUp("a@example.org", "secret")).resolves.toBe(false);
  });
});
