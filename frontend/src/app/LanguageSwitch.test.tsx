import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it } from "vitest";

import { recall } from "@/shared/lib/storage";
import { text } from "@/shared/text";
import { speakAs } from "@/shared/text/language";

import { LanguageSwitch } from "./LanguageSwitch";

afterEach(async () => {
  await speakAs("en");
});

it("a visitor chooses the language, and the browser remembers it", async () => {
  render(<LanguageSwitch />);
  await userEvent.click(screen.getByRole("button", { name: "Deutsch" }));
  await userEvent.click(await screen.findByRole("button", { name: "English" }));
  await userEvent.click(await screen.findByRole("button", { name: "Deutsch" }));
  expect(await screen.findByRole("button", { name: "English" })).toHaveAttribute("lang", "en");
  expect(text.auth.signIn).toBe("Anmelden");
  expect(recall("language")).toBe("de");
});
