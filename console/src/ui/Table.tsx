// A table that stays quick with ten thousand rows: only what is seen is drawn. One row has the focus; arrows move it,
// Enter opens, Space selects, Shift widens, Ctrl A selects all, Ctrl C copies what a spreadsheet pastes.
import { plural, t } from "@lingui/core/macro";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp, Check } from "lucide-react";
import { type ClipboardEvent, type KeyboardEvent, type MouseEvent, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { asTable, between, toggled } from "./rows";
import { useNarrow } from "./useNarrow";
import { mention } from "./toast";
import { usePrinting } from "./usePrinting";
import { useWidth } from "./useWidth";

/** As many rows are printed at most. */
const PRINTED = 2_000;

export type Column<T> = {
    id: string;
    header: string;
    cell: (row: T) => ReactNode;
    /** What is copied, and what is shown on hover when the cell is too narrow. */
    text?: (row: T) => string;
    /** As in `grid-template-columns`. */
    width: string;
    numeric?: boolean;
    /** Given up before words are cut, on screens narrower than this many pixels. */
    from?: number;
    sortable?: boolean;
};

export type Sort = { column: string; descending: boolean };

export type TableProps<T> = {
    label: string;
    columns: Column<T>[];
    rows: readonly T[];
    rowKey: (row: T) => string;
    rowLabel?: (row: T) => string;
    rowHeight?: number;
    onOpen?: (row: T) => void;
    /** The row whose drawer is open. */
    current?: string;
    selected?: ReadonlySet<string>;
    onSelect?: (keys: Set<string>) => void;
    sort?: Sort;
    onSort?: (sort: Sort) => void;
    empty?: ReactNode;
    onEnd?: () => void;
    onRowMenu?: (row: T, place: { x: number; y: number }) => void;
    onDragStart?: (row: T, event: React.DragEvent) => void;
    rowClass?: (row: T) => string | undefined;
    busy?: boolean;
};

export function Table<T>(props: TableProps<T>) {
    const { rows, rowKey, selected, onSelect, onEnd, rowHeight = 36 } = props;
    const box = useRef<HTMLDivElement>(null);
    const isShown = rows.length > 0 || !props.empty;
    // The box is there only while there are rows.
    const width = useWidth(box, isShown);
    const columns = useMemo(() => props.columns.filter((column) => !column.from || width === 0 || width >= column.from), [props.columns, width]);
    const touch = useNarrow();
    const height = touch ? Math.max(rowHeight, 48) : rowHeight;
    const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => box.current, estimateSize: () => height, overscan: 8, scrollPaddingStart: 36 });
    useEffect(() => virtual.measure(), [height, virtual]);
    const [focused, setFocused] = useState<string | null>(null);
    const anchor = useRef<string | null>(null);
    const keys = useMemo(() => rows.map(rowKey), [rows, rowKey]);
    const places = useMemo(() => new Map(keys.map((key, place) => [key, place])), [keys]);
    const active = focused !== null && places.has(focused) ? focused : props.current && places.has(props.current) ? props.current : keys[0];
    const printing = usePrinting();
    const seen = virtual.getVirtualItems();
    const items = printing ? keys.slice(0, PRINTED).map((_, index) => ({ index, start: index * height })) : seen;
    const last = seen.at(-1)?.index ?? 0;
    useEffect(() => {
        if (onEnd && rows.length > 0 && last >= rows.length - 20) onEnd();
    }, [last, rows.length, onEnd]);

    const moveTo = useCallback(
        (place: number) => {
            const key = keys[Math.max(0, Math.min(place, keys.length - 1))];
            if (key === undefined) return;
            setFocused(key);
            virtual.scrollToIndex(places.get(key) ?? 0);
            requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true }));
        },
        [keys, places, virtual],
    );

    const onKeyDown = (event: KeyboardEvent) => {
        const place = active === undefined ? -1 : (places.get(active) ?? -1);
        const row = rows[place];
        if (!row || active === undefined || (event.target as HTMLElement).closest("button,input")) return;
        const page = Math.max(1, Math.floor((box.current?.clientHeight ?? 360) / height) - 2);
        const steps: Record<string, number> = { ArrowDown: place + 1, ArrowUp: place - 1, PageDown: place + page, PageUp: place - page, Home: 0, End: rows.length - 1 };
        const to = steps[event.key];
        if (to !== undefined) {
            event.preventDefault();
            if (event.shiftKey && onSelect) {
                anchor.current ??= active;
                const end = keys[Math.max(0, Math.min(to, keys.length - 1))];
                if (end !== undefined) onSelect(new Set([...(selected ?? []), ...between(keys, anchor.current, end)]));
            } else anchor.current = null;
            moveTo(to);
        } else if (event.key === "Enter" && props.onOpen && !event.ctrlKey && !event.metaKey) {
            event.preventDefault();
            props.onOpen(row);
        } else if (event.key === " " && onSelect) {
            event.preventDefault();
            anchor.current = active;
            onSelect(toggled(selected ?? new Set(), active));
        } else if (event.key === "a" && (event.ctrlKey || event.metaKey) && onSelect) {
            event.preventDefault();
            onSelect(new Set(keys));
        } else if ((event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) && props.onRowMenu) {
            event.preventDefault();
            const at = (event.target as HTMLElement).getBoundingClientRect();
            props.onRowMenu(row, { x: at.left + 40, y: at.bottom });
        }
    };

    // The browser's own copying, which needs no permission and works without TLS, too.
    const onCopy = (event: ClipboardEvent) => {
        const row = rows[active === undefined ? -1 : (places.get(active) ?? -1)];
        if (!row || getSelection()?.toString()) return;
        event.preventDefault();
        const chosen = selected && selected.size > 0 ? rows.filter((each) => selected.has(rowKey(each))) : [row];
        event.clipboardData.setData("text/plain", asTable(props.columns, chosen));
        mention(plural(chosen.length, { one: "# fila copiada, con sus títulos", other: "# filas copiadas, con sus títulos" }));
    };

    const choose = (key: string, event: MouseEvent) => {
        if (!onSelect) return;
        event.stopPropagation();
        if (event.shiftKey && anchor.current) onSelect(new Set([...(selected ?? []), ...between(keys, anchor.current, key)]));
        else onSelect(toggled(selected ?? new Set(), key));
        anchor.current = key;
    };

    const template = `${onSelect ? "40px " : ""}${columns.map((column) => column.width).join(" ")}`;
    const all = keys.length > 0 && selected !== undefined && keys.every((key) => selected.has(key));
    if (!isShown) return props.empty;
    return (
        <div ref={box} className="tbl" role="grid" aria-label={props.label} aria-rowcount={rows.length + 1} aria-multiselectable={onSelect ? true : undefined} aria-busy={props.busy || undefined} onKeyDown={onKeyDown} onCopy={onCopy}>
            <div role="rowgroup" className="tbl-head-group">
                <div className="tbl-head" role="row" aria-rowindex={1} style={{ gridTemplateColumns: template }}>
                    {onSelect && (
                        <span role="columnheader">
                            <button type="button" className="tbl-check" role="checkbox" aria-checked={all} aria-label={t`Elegir todo`} onClick={() => onSelect(all ? new Set() : new Set(keys))}>
                                <span className={`box${all ? " on" : ""}`}>
                                    <Check size={12} strokeWidth={3} aria-hidden />
                                </span>
                            </button>
                        </span>
                    )}
                    {columns.map((column) => (
                        <Head key={column.id} column={column} sort={props.sort} onSort={props.onSort} />
                    ))}
                </div>
            </div>
            <div role="rowgroup" className="tbl-body" style={{ height: virtual.getTotalSize() }}>
                {items.map((item) => {
                    const row = rows[item.index];
                    const key = keys[item.index];
                    if (row === undefined || key === undefined) return null;
                    const chosen = selected?.has(key) ?? false;
                    const classes = ["tbl-row", props.onOpen && "opens", props.current === key && "is-current", props.rowClass?.(row)];
                    return (
                        <div
                            key={key}
                            role="row"
                            data-key={key}
                            aria-rowindex={item.index + 2}
                            aria-selected={onSelect ? chosen : undefined}
                            aria-label={props.rowLabel?.(row)}
                            tabIndex={key === active ? 0 : -1}
                            className={classes.filter(Boolean).join(" ")}
                            draggable={props.onDragStart ? true : undefined}
                            onDragStart={props.onDragStart && ((event) => props.onDragStart?.(row, event))}
                            style={{ gridTemplateColumns: template, height, position: "absolute", top: 0, left: 0, transform: `translateY(${item.start}px)` }}
                            onFocus={() => setFocused(key)}
                            onClick={(event) => {
                                if ((event.target as HTMLElement).closest("a,button")) return;
                                if (onSelect && (event.shiftKey || event.ctrlKey || event.metaKey)) choose(key, event);
                                else props.onOpen?.(row);
                            }}
                            onContextMenu={
                                props.onRowMenu &&
                                ((event) => {
                                    event.preventDefault();
                                    props.onRowMenu?.(row, { x: event.clientX, y: event.clientY });
                                })
                            }
                        >
                            {onSelect && (
                                <span role="gridcell">
                                    <button type="button" tabIndex={-1} className="tbl-check" role="checkbox" aria-checked={chosen} aria-label={t`Elegir ${props.rowLabel?.(row) ?? key}`} onClick={(event) => choose(key, event)}>
                                        <span className={`box${chosen ? " on" : ""}`}>
                                            <Check size={12} strokeWidth={3} aria-hidden />
                                        </span>
                                    </button>
                                </span>
                            )}
                            {columns.map((column) => (
                                <span key={column.id} role="gridcell" className={column.numeric ? "num" : undefined} title={column.text?.(row)} dir={column.numeric ? undefined : "auto"}>
                                    {column.cell(row)}
                                </span>
                            ))}
                        </div>
                    );
                })}
            </div>
        </div>
    );
}

function Head<T>({ column, sort, onSort }: { column: Column<T>; sort?: Sort; onSort?: (sort: Sort) => void }) {
    const sorted = sort?.column === column.id ? sort : undefined;
    const Arrow = sorted?.descending ? ArrowDown : ArrowUp;
    return (
        <span role="columnheader" className={column.numeric ? "num" : undefined} aria-sort={sorted ? (sorted.descending ? "descending" : "ascending") : undefined}>
            {column.sortable && onSort ? (
                <button type="button" onClick={() => onSort({ column: column.id, descending: sorted ? !sorted.descending : false })}>
                    {column.header}
                    {sorted && <Arrow size={12} aria-hidden />}
                </button>
            ) : (
                column.header
            )}
        </span>
    );
}
