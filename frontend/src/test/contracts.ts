import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { SnapshotItem, StreamEvent } from "@/shared/socket/frames";

import type { Scenario } from "./scripted";

/** Shared with the server's own tests: both sides hold themselves to the same files. */
const CONTRACTS = join(import.meta.dirname, "../../../tests/contracts");

export interface Convergence {
  readonly name: string;
  readonly now: string;
  readonly snapshot: readonly SnapshotItem[];
  readonly events: readonly StreamEvent[];
  readonly fresh: readonly SnapshotItem[];
}

export interface ContractFrame {
  readonly name: string;
  readonly direction: "server" | "client";
  readonly frame: Readonly<Record<string, unknown>>;
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(file, "utf8"));
}

function readAll(folder: string): unknown[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return files.map((file) => read(join(folder, file)));
}

export function sharedConvergences(): Convergence[] {
  return readAll(join(CONTRACTS, "convergence")) as Convergence[];
}

export function ownConvergences(): Convergence[] {
  return readAll(join(import.meta.dirname, "fixtures/convergence")) as Convergence[];
}

export function sharedFrames(): ContractFrame[] {
  const file = join(CONTRACTS, "frames.json");
  return existsSync(file) ? (read(file) as { frames: ContractFrame[] }).frames : [];
}

export function sharedScenarios(): Scenario[] {
  return (read(join(CONTRACTS, "client.json")) as { scenarios: Scenario[] }).scenarios;
}
