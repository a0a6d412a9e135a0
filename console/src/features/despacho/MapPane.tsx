import type { Task } from "./queries";
import type { Board } from "./useBoard";

/** The tasks of the day on the map. */
export function MapPane(_: { board: Board; current?: string; onOpen: (task: Task) => void; large: boolean }) {
    return null;
}
