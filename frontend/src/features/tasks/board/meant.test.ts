import { afterEach, beforeEach, expect, it } from "vitest";

import { Hands } from "./hands";
import { meantIds } from "./meant";

let hands: Hands;

beforeEach(() => {
  hands = new Hands();
  hands.lists.put("upcoming", { ids: ["a", "b", "c"], reveal: () => undefined });
  document.body.innerHTML = `
    <main>
      <div data-travel="a"><a data-is="card" href="/tasks/a">A</a></div>
      <div data-task="r"><a data-is="row" href="/tasks/r">R</a></div>
      <button data-is="elsewhere">Filter</button>
    </main>`;
});

afterEach(() => {
  document.body.replaceChildren();
});

const at = (what: string) => document.querySelector(`[data-is=${what}]`);
const openTask = () => {
  document.body.insertAdjacentHTML(
    "beforeend",
    `<div role="dialog" data-detail="o"><button data-is="inside">Delete</button></div>`,
  );
};

it("the card or row that has the focus, or else the open task, or else nothing", () => {
  expect(meantIds(at("card"), hands)).toEqual(["a"]);
  expect(meantIds(at("row"), hands)).toEqual(["r"]);
  expect(meantIds(at("elsewhere"), hands)).toEqual([]);
  openTask();
  expect(meantIds(at("card"), hands)).toEqual(["a"]);
  expect(meantIds(at("elsewhere"), hands)).toEqual(["o"]);
  expect(meantIds(null, hands)).toEqual(["o"]);
});

it("all that is marked, as it stands, but for the open task that has the focus itself", () => {
  for (const id of ["c", "b"]) hands.selection.toggle(id);
  openTask();
  expect(meantIds(at("card"), hands)).toEqual(["b", "c"]);
  expect(meantIds(at("elsewhere"), hands)).toEqual(["b", "c"]);
  expect(meantIds(at("inside"), hands)).toEqual(["o"]);
});
