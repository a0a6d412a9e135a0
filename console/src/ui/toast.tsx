// One toast at a time, in the top bar where it covers no work: what was done, how much, and the way back.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { CircleCheck, X } from "lucide-react";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { Button as AriaButton } from "react-aria-components";
import { IconButton } from "./Button";

export type Said = { text: string; undo?: () => void | Promise<void> };

const SHOWN_MS = 10_000;

let said: (Said & { number: number }) | null = null;
let number = 0;
const listeners = new Set<() => void>();

function set(next: typeof said) {
    said = next;
    for (const listener of listeners) listener();
}

/** Says what was done. Never for errors: those stand where they happened. */
export function say(text: string, undo?: Said["undo"]) {
    number += 1;
    set({ text, undo, number });
}

/** Says what needs no answer; the way back from what was done before stays where it is. */
export function mention(text: string) {
    if (!said?.undo) say(text);
}

/** Takes back what was said last, when that is possible. */
export function undoLast() {
    if (!said?.undo) return;
    const { undo } = said;
    set(null);
    void undo();
}

const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
};

export const useSaid = () => useSyncExternalStore(subscribe, () => said);

export function ToastPlace() {
    const shown = useSaid();
    const [held, setHeld] = useState(false);
    const box = useRef<HTMLDivElement>(null);
    useEffect(() => {
        if (!shown || held) return;
        const timer = setTimeout(() => set(null), SHOWN_MS);
        return () => clearTimeout(timer);
    }, [shown, held]);
    useEffect(() => setHeld(false), [shown]);
    return (
        <div className="toast-place" role="status">
            {shown && (
                <div ref={box} className="toast" key={shown.number} onPointerEnter={() => setHeld(true)} onPointerLeave={() => setHeld(false)} onFocus={() => setHeld(true)} onBlur={() => setHeld(false)}>
                    <CircleCheck size={16} aria-hidden />
                    <span className="cut" title={shown.text} dir="auto">
                        {shown.text}
                    </span>
                    {shown.undo && (
                        <AriaButton className="btn btn-quiet btn-s" onPress={undoLast}>
                            <Trans>Deshacer</Trans> <kbd aria-hidden>Z</kbd>
                        </AriaButton>
                    )}
                    <IconButton name={t`Cerrar el aviso`} icon={X} small onPress={() => set(null)} />
                </div>
            )}
        </div>
    );
}
