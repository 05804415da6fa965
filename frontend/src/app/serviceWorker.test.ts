import { beforeEach, expect, it, vi } from "vitest";

import { toasts } from "@/shared/ui/toasts";

import { keepPage } from "./serviceWorker";

class FakeWorker extends EventTarget {
  state = "installing";
  readonly postMessage = vi.fn();

  install(): void {
    this.state = "installed";
    this.dispatchEvent(new Event("statechange"));
  }
}

class FakeRegistration extends EventTarget {
  waiting: FakeWorker | null = null;
  installing: FakeWorker | null = null;
}

let registration: FakeRegistration;
let workers: EventTarget & { controller: unknown; register: () => Promise<unknown> };

beforeEach(() => {
  registration = new FakeRegistration();
  workers = Object.assign(new EventTarget(), {
    controller: null,
    register: vi.fn(() => Promise.resolve(registration)),
  });
});

const keep = () => keepPage(workers as unknown as ServiceWorkerContainer);
const find = () => {
  registration.installing = new FakeWorker();
  registration.dispatchEvent(new Event("updatefound"));
  return registration.installing;
};

it("says nothing of the first version", async () => {
  await keep();
  find().install();
  expect(toasts.get()).toEqual([]);
});

it("offers a new version once, and takes it only when told to", async () => {
  workers.controller = new FakeWorker();
  await keep();
  const next = find();
  next.install();
  expect(toasts.get()).toMatchObject([{ message: "A new version is ready.", stays: true }]);
  expect(next.postMessage).not.toHaveBeenCalled();
  toasts.get()[0]?.action?.run();
  expect(next.postMessage).toHaveBeenCalledWith({ type: "SKIP_WAITING" });
});

it("offers one that has waited since before the page was opened", async () => {
  workers.controller = new FakeWorker();
  registration.waiting = new FakeWorker();
  await keep();
  expect(toasts.get()).toHaveLength(1);
});
