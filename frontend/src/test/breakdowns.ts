import { act } from "@testing-library/react";
import { vi } from "vitest";

import type { Breakdown, Step } from "@/shared/api/types";
import type { StreamEvent } from "@/shared/socket/frames";

import type { TestWorkspace } from "./render";
import { iso, makeEvent, makeTask } from "./tasks";

export function makeStep(key: string, fields: Partial<Step> = {}): Step {
  return {
    key,
    title: `Do ${key}`,
    why: "",
    done_when: "",
    estimate_min: 60,
    depends_on: [],
    optional: false,
    locked: false,
    starts_at: null,
    deadline: null,
    ...fields,
  };
}

export function makeBreakdown(fields: Partial<Breakdown> = {}): Breakdown {
  return {
    id: "d1",
    task: null,
    goal: "Write my thesis",
    notes: "",
    deadline: null,
    granularity: 3,
    context: "",
    answers: [],
    language: null,
    status: "queued",
    attempt: 1,
    planner: "offline",
    model: null,
    verdict: null,
    reason: "",
    questions: [],
    assumptions: [],
    risks: [],
    remarks: [],
    steps: [],
    misfit: null,
    error: null,
    applied_op: null,
    version: 1,
    created_at: iso(-1_000),
    updated_at: iso(-1_000),
    ...fields,
  };
}

/** A plan of the steps a, b and c, with nothing left to do but to apply it. */
export function makePlan(fields: Partial<Breakdown> = {}): Breakdown {
  return makeBreakdown({
    status: "ready",
    verdict: "steps",
    steps: ["a", "b", "c"].map((key) => makeStep(key)),
    version: 9,
    ...fields,
  });
}

/** A server by method and path; what it was asked is kept, what it lacks cannot be reached. */
export class FakeServer {
  readonly asked: { route: string; body: unknown; opId: string | null }[] = [];
  readonly answers: Record<string, () => Response> = {};

  constructor() {
    document.cookie = "csrftoken=abc";
    vi.stubGlobal("fetch", (path: string, init: RequestInit = {}) => {
      const route = `${init.method ?? "GET"} ${path.replace("/api/v1", "")}`;
      const body = typeof init.body === "string" ? (JSON.parse(init.body) as unknown) : undefined;
      this.asked.push({ route, body, opId: new Headers(init.headers).get("Idempotency-Key") });
      const answer = this.answers[route];
      return answer ? Promise.resolve(answer()) : Promise.reject(new TypeError("no network"));
    });
  }

  answer(route: string, body: unknown, init?: ResponseInit): void {
    this.answers[route] = () => Response.json(body, init);
  }

  refuse(route: string, status: number, code: string, detail: string, headers = {}): void {
    this.answer(route, { status, code, detail, errors: [] }, { status, headers });
  }

  bodies(route: string): unknown[] {
    return this.asked.filter((one) => one.route === route).map(({ body }) => body);
  }

  opIds(route: string): (string | null)[] {
    return this.asked.filter((one) => one.route === route).map(({ opId }) => opId);
  }
}

let seq = 0;

/** Has the stream tell of a breakdown. */
export function tell(workspace: TestWorkspace, type: string, breakdown: Breakdown): void {
  const fields: Partial<StreamEvent> = { data: { breakdown } };
  seq += 1;
  act(() => {
    workspace.store.apply([makeEvent(seq, `breakdown.${type}`, makeTask({ id: "none" }), fields)]);
  });
}
