// Whether what is shown is still true. `/v1/live` says which topics changed, never what: queries of that topic are asked anew.
import { useSyncExternalStore } from "react";

export type Live = { state: "off" | "connecting" | "connected" | "reconnecting"; heardAt: number | null };

let live: Live = { state: "off", heardAt: null };
const listeners = new Set<() => void>();

export function becomeLive(next: Live): void {
    live = next;
    for (const listener of listeners) listener();
}

const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
};

export const useLive = () => useSyncExternalStore(subscribe, () => live);
