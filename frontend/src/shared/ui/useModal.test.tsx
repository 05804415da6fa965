import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";

import { useModal } from "./useModal";

function Dialog() {
  return (
    <dialog ref={useModal()}>
      <input aria-label="Within" />
    </dialog>
  );
}

function Page({ open }: { readonly open: boolean }) {
  return (
    <>
      <button>Opener</button>
      <button>Elsewhere</button>
      {open && <Dialog />}
    </>
  );
}

/** The page with a dialog that was opened from a button, and has the focus. */
function opened() {
  const { rerender } = render(<Page open={false} />);
  screen.getByRole("button", { name: "Opener" }).focus();
  rerender(<Page open />);
  expect(screen.getByRole("dialog")).toBeVisible();
  screen.getByLabelText("Within").focus();
  return rerender;
}

it("a dialog that is taken away gives the focus back", () => {
  opened()(<Page open={false} />);
  expect(screen.getByRole("button", { name: "Opener" })).toHaveFocus();
});

it("a dialog does not call back who has gone on elsewhere", () => {
  const rerender = opened();
  screen.getByRole("button", { name: "Elsewhere" }).focus();
  rerender(<Page open={false} />);
  expect(screen.getByRole("button", { name: "Elsewhere" })).toHaveFocus();
});
