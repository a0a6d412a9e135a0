// Everything that can be done here and now, each once: the keys, the map of keys and the palette read the same list.
import { useId, useLayoutEffect, useMemo, useSyncExternalStore } from "react";

export type Action = {
    id: string;
    label: string;
    /** One letter or sign, pressed outside of fields. */
    key?: string;
    /** Under which the palette and the map of keys show it. */
    group?: string;
    /** Why it cannot be done now. */
    reason?: string;
    run: () => void;
};

const registered = new Map<string, Action[]>();
const listeners = new Set<() => void>();
let all: Action[] = [];

function changed() {
    all = [...registered.values()].flat();
    for (const listener of listeners) listener();
}

/** Offers actions while the caller is shown. Those that were offered last win a key. */
export function useActions(actions: Action[]): void {
    const owner = useId();
    const signature = useMemo(() => actions, [JSON.stringify(actions.map(({ run: _, ...rest }) => rest))]);
    // The list is kept while it says the same, but what runs is always the latest.
    const latest = useMemo(() => ({ actions }), []);
    latest.actions = actions;
    // Before anything is painted: what is seen can be done by its key.
    useLayoutEffect(() => {
        registered.set(
            owner,
            signature.map((action) => ({ ...action, run: () => latest.actions.find(({ id }) => id === action.id)?.run() })),
        );
        changed();
        return () => {
            registered.delete(owner);
            changed();
        };
    }, [owner, signature, latest]);
}

const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
};

export const useAllActions = () => useSyncExternalStore(subscribe, () => all);

/** The action that a key press means, if it means one: never inside of fields, menus and dialogs, never with Ctrl, Alt or Meta. */
export function actionFor(event: KeyboardEvent): Action | undefined {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return undefined;
    const target = event.target as HTMLElement | null;
    if (target?.closest?.("input,textarea,select,[contenteditable=true],.popover,[role=menu],[role=dialog],[role=alertdialog]")) return undefined;
    if (document.querySelector("[role=dialog],[role=alertdialog]")) return undefined;
    const pressed = event.key.length === 1 ? event.key.toUpperCase() : event.key;
    return all.findLast((action) => action.key === pressed);
}
