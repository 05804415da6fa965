import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { vi } from "vitest";

import { App, makePage } from "@/app/App";

import { FakeSocket } from "./FakeSocket";
import { snapshot, welcome } from "./stream";

export const ada = { id: "ada", email: "ada@example.org", time_zone: "UTC", is_guest: false };

type Answers = Record<string, () => Response>;

/** The whole page with Ada before it; at the other end of its requests and its socket the test. */
export const page = {
  fetched: vi.fn<typeof fetch>(),
  /** Answers of the server by path; a path that is not here cannot be reached. */
  server: {} as Answers,

  /** Opens it at the front door. */
  async open() {
    FakeSocket.reset();
    window.history.replaceState(null, "", "/");
    document.cookie = "csrftoken=abc";
    page.server = {
      "/api/v1/about/": () => Response.json({ demo: false, signed_in: true }),
      "/api/v1/users/me/": () => Response.json(ada),
    };
    page.fetched.mockReset();
    page.fetched.mockImplementation((path) => {
      const answer = page.server[(path as string).split("?")[0] ?? ""];
      return answer ? Promise.resolve(answer()) : Promise.reject(new TypeError("no network"));
    });
    vi.stubGlobal("fetch", page.fetched);
    vi.stubGlobal(
      "WebSocket",
      vi.fn(function () {
        return FakeSocket.open();
      }),
    );
    vi.stubGlobal("BroadcastChannel", undefined);
    render(<App {...makePage()} />);
    await screen.findByRole("status", { name: "Connection" });
  },

  /** The stream begins with a snapshot of these. */
  connect: (items: readonly { readonly kind: string; readonly data: unknown }[]) =>
    act(async () => {
      FakeSocket.last.accept();
      FakeSocket.last.say(welcome());
      FakeSocket.last.say(snapshot(7, { items }));
      await Promise.resolve();
    }),

  go(to: string) {
    act(() => {
      window.history.pushState(null, "", to);
    });
  },

  back() {
    act(() => {
      window.history.back();
    });
  },

  async openMenu(item: string) {
    await userEvent.click(screen.getByRole("button", { name: "Account: ada" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: item }));
  },
};
