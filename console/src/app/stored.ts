// A value that this browser keeps, and that all parts of the page follow.
import { useSyncExternalStore } from "react";

export type Kept<T extends string> = { get: () => T; set: (value: T) => void; use: () => T };

export function kept<T extends string>(key: string, allowed: readonly T[], fallback: () => T, applied: (value: T) => void): Kept<T> {
    const listeners = new Set<() => void>();
    const read = (): T => {
        try {
            const found = localStorage.getItem(key) as T | null;
            return found !== null && allowed.includes(found) ? found : fallback();
        } catch {
            return fallback();
        }
    };
    let value = read();
    applied(value);
    const subscribe = (listener: () => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
    };
    return {
        get: () => value,
        set: (next) => {
            value = next;
            try {
                localStorage.setItem(key, next);
            } catch {
                // A browser that keeps nothing still shows what was chosen until the page is closed.
            }
            applied(next);
            for (const listener of listeners) listener();
        },
        use: () => useSyncExternalStore(subscribe, () => value),
    };
}
