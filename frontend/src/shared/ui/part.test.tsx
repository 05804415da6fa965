import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useEffect, useRef, useState } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { part, preloadParts } from "./part";
import { toasts } from "./toasts";
import { Unloaded, Unopened } from "./Unloaded";

const Greeting = ({ name }: { readonly name: string }) => <p>Hello {name}</p>;
const load = () => vi.fn<() => Promise<{ default: typeof Greeting }>>();
const greeting = () => Promise.resolve({ default: Greeting });
const offline = () => Promise.reject(new TypeError("Failed to fetch"));

it("comes when it is wanted", async () => {
  const { Part } = part(greeting);
  render(<Part of={{ name: "Ada" }} failed={() => null} />);
  expect(await screen.findByText("Hello Ada")).toBeVisible();
});

it("leaves the page as it is when it cannot be fetched, and can be tried again", async () => {
  const { Part } = part(load().mockImplementationOnce(offline).mockImplementation(greeting));
  render(
    <>
      <p>The board</p>
      <Part of={{ name: "Ada" }} failed={(retry) => <Unloaded onRetry={retry} />} />
    </>,
  );
  expect(await screen.findByRole("alert")).toHaveTextContent("This could not be opened.");
  expect(screen.getByText("The board")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Hello Ada")).toBeVisible();
});

it("says so and closes where it was to open by a press", async () => {
  const { Part } = part<{ name: string }>(offline);
  const closed = vi.fn();
  render(<Part of={{ name: "Ada" }} failed={() => <Unopened onClose={closed} />} />);
  await vi.waitFor(() => {
    expect(closed).toHaveBeenCalledTimes(1);
  });
  expect(toasts.get()[0]?.message).toMatch(/^This could not be opened\./);
});

it("is fetched ahead with all others, and a failure of that is no news", async () => {
  const fetched = load().mockImplementationOnce(offline).mockImplementation(greeting);
  const { Part } = part(fetched);
  preloadParts();
  await vi.waitFor(() => {
    expect(fetched).toHaveBeenCalledTimes(1);
  });
  preloadParts();
  await vi.waitFor(() => {
    expect(fetched).toHaveBeenCalledTimes(2);
  });
  await Promise.resolve();
  render(<Part of={{ name: "Ada" }} failed={() => null} />);
  expect(screen.getByText("Hello Ada")).toBeVisible();
});

describe("What is typed before it stands", () => {
  const said = vi.fn<(words: string) => void>();
  const Line = ({ label }: { readonly label: string }) => {
    const [words, setWords] = useState("");
    const line = useRef<HTMLInputElement>(null);
    useEffect(() => {
      line.current?.focus();
    }, []);
    return (
      <form
        onSubmit={(event) => {
          event.preventDefault();
          said(words);
        }}
      >
        <input
          ref={line}
          aria-label={label}
          value={words}
          onChange={(event) => {
            setWords(event.target.value);
          }}
        />
      </form>
    );
  };
  const behind = vi.fn<(key: string) => void>();
  const press = ({ key }: KeyboardEvent) => {
    behind(key);
  };

  beforeEach(() => {
    said.mockClear();
    behind.mockClear();
    document.addEventListener("keydown", press);
  });

  afterEach(() => {
    document.removeEventListener("keydown", press);
  });

  function open(takesKeys: boolean) {
    let come: (module: { default: typeof Line }) => void;
    const fetched = new Promise<{ default: typeof Line }>((resolve) => {
      come = resolve;
    });
    const { Part } = part(() => fetched, { takesKeys });
    const { unmount } = render(<Part of={{ label: "Anything" }} failed={() => null} />);
    const arrive = () => {
      come({ default: Line });
      return screen.findByLabelText("Anything");
    };
    return { arrive, unmount };
  }

  it("is the part's and not the page's behind it", async () => {
    const { arrive } = open(true);
    await userEvent.keyboard("talks{Backspace}");
    expect(behind).not.toHaveBeenCalled();
    const line = await arrive();
    await waitFor(() => {
      expect(line).toHaveValue("talk");
    });
    await userEvent.keyboard(" to her");
    expect(line).toHaveValue("talk to her");
  });

  it("is entered when Enter was pressed, with all that came before", async () => {
    const { arrive } = open(true);
    await userEvent.keyboard("talk{Enter}");
    await arrive();
    await waitFor(() => {
      expect(said.mock.calls).toEqual([["talk"]]);
    });
  });

  it("is taken back by Escape", async () => {
    const { arrive } = open(true);
    await userEvent.keyboard("talk{Escape}to");
    const line = await arrive();
    await waitFor(() => {
      expect(line).toHaveValue("to");
    });
  });

  it("is the page's again when the part is given up, and so are keys with ⌘", async () => {
    const { unmount } = open(true);
    await userEvent.keyboard("{Control>}a{/Control}");
    expect(behind).toHaveBeenCalledWith("a");
    unmount();
    await userEvent.keyboard("e");
    expect(behind).toHaveBeenLastCalledWith("e");
  });

  it("stays the page's where the part takes no keys", async () => {
    const { arrive } = open(false);
    await userEvent.keyboard("e");
    expect(behind).toHaveBeenCalledWith("e");
    expect(await arrive()).toHaveValue("");
  });
});
