import { render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";

import { systemTimers } from "@/shared/lib/timers";
import { NOW } from "@/test/tasks";
import { pass } from "@/test/time";

import { Clock } from "./clock";
import { timeLeft } from "./countdown";
import { ClockProvider, useReading } from "./react";
import { useToday } from "./useToday";

const draws = vi.fn();
const read = (now: number) => timeLeft(NOW + 3 * 60_000 + 3_600_000, now);

function Left() {
  const left = useReading(read);
  draws();
  return <p>{left}</p>;
}

function Today() {
  return <p>{useToday("Asia/Tokyo")}</p>;
}

it("a text is drawn again only when it reads differently", () => {
  vi.useFakeTimers({ now: NOW });
  render(
    <ClockProvider value={new Clock(systemTimers)}>
      <Left />
    </ClockProvider>,
  );
  expect(screen.getByText("in 1 h 03 m")).toBeVisible();
  draws.mockReset();
  pass(59_999);
  expect(draws).not.toHaveBeenCalled();
  pass(1);
  expect(draws).toHaveBeenCalledTimes(1);
  expect(screen.getByText("in 1 h 02 m")).toBeVisible();
});

it("today ends at the zone's midnight", () => {
  vi.useFakeTimers({ now: NOW });
  render(
    <ClockProvider value={new Clock(systemTimers)}>
      <Today />
    </ClockProvider>,
  );
  expect(screen.getByText("2026-11-22")).toBeVisible();
  pass(3 * 3_600_000 - 1);
  expect(screen.getByText("2026-11-22")).toBeVisible();
  pass(1);
  expect(screen.getByText("2026-11-23")).toBeVisible();
});
