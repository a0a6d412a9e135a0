// What stands above a form that was refused: the same words as at the fields, each a way to its field. Takes the focus.
import { Trans } from "@lingui/react/macro";
import { useEffect, useRef } from "react";
import { Note } from "./Note";

export type SummaryItem = { field?: string; label?: string; message: string };

export function ErrorSummary({ title, detail, items = [], requestId }: { title: string; detail?: string; items?: SummaryItem[]; requestId?: string | null }) {
    const box = useRef<HTMLDivElement>(null);
    useEffect(() => box.current?.focus(), []);
    return (
        <Note kind="refused" alert ref={box}>
            <b>{title}</b> {detail}
            {items.length > 0 && (
                <ul>
                    {items.map((item, place) => (
                        <li key={`${item.field}-${place}`}>
                            {item.label ? (
                                <button type="button" className="link-button" onClick={() => toField(item.field)}>
                                    {item.label}
                                </button>
                            ) : (
                                item.field && <span>{item.field}</span>
                            )}
                            {(item.label || item.field) && ": "}
                            {item.message}
                        </li>
                    ))}
                </ul>
            )}
            {requestId && (
                <small>
                    <Trans>Para pedir ayuda: {requestId}</Trans>
                </small>
            )}
        </Note>
    );
}

function toField(field?: string) {
    if (!field) return;
    const found = document.getElementsByName(field)[0] ?? document.getElementById(field);
    if (found instanceof HTMLElement) found.focus();
}
