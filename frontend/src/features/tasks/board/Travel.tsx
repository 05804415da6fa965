import { Component, createRef, type ReactNode } from "react";

import { matches, REDUCED_MOTION } from "@/shared/lib/media";
import type { Board } from "@/shared/store/board";
import { BUCKETS } from "@/shared/store/bucket";

import { type Before, measure, play } from "./flip";

interface TravelProps {
  readonly board: Board;
  readonly children: ReactNode;
}

/**
 * Lets cards travel to their new places. A class, because only a class is told of a change just
 * before it reaches the page, which is the last moment at which the old places can be measured.
 */
export class Travel extends Component<TravelProps> {
  readonly #root = createRef<HTMLDivElement>();

  override getSnapshotBeforeUpdate(previous: TravelProps): Before | null {
    const root = this.#root.current;
    return root && previous.board !== this.props.board ? measure(root) : null;
  }

  override componentDidUpdate(_props: TravelProps, _state: unknown, before: Before | null): void {
    const root = this.#root.current;
    if (!root || !before) return;
    const { board } = this.props;
    const bucketNow = (id: string) =>
      BUCKETS.find((bucket) => board[bucket].some((task) => task.id === id));
    play(root, before, bucketNow, matches(REDUCED_MOTION));
  }

  override render(): ReactNode {
    return <div ref={this.#root}>{this.props.children}</div>;
  }
}
