import { describe, expect, it } from "vitest";

import { newUuid } from "./uuid";

describe("newUuid", () => {
  const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

  it("makes random UUIDs", () => {
    expect(newUuid()).toMatch(UUID);
  });

  it("makes them where the page is not served securely, too", () => {
    const insecure = {
      getRandomValues: (bytes: Uint8Array) => crypto.getRandomValues(bytes),
    } as unknown as Crypto;
    expect(newUuid(insecure)).toMatch(UUID);
    expect(newUuid(insecure)).not.toBe(newUuid(insecure));
  });
});
