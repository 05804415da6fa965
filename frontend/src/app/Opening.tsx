import { Loading } from "@/features/tasks/board/Loading";

import { Header } from "./Header";

/** While it is asked who is there: the frame, and after a moment the shape of the board. */
export function Opening() {
  return (
    <>
      <Header />
      <div className="mx-auto max-w-[1280px] px-4 pt-6 sm:px-8">
        <Loading />
      </div>
    </>
  );
}
