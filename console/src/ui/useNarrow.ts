import { useSyncExternalStore } from "react";

const query = typeof matchMedia === "function" ? matchMedia("(max-width: 700px)") : null;

const subscribe = (listener: () => void) => {
    query?.addEventListener("change", listener);
    return () => query?.removeEventListener("change", listener);
};

/** Whether the screen is as narrow as a phone's: one column, large targets, the menu below. */
export const useNarrow = () => useSyncExternalStore(subscribe, () => query?.matches ?? false);
