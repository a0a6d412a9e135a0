// What a selection of rows means, without a screen: ranges, toggles, and the text that is copied.

export type Columns<T> = { header: string; text?: (row: T) => string };

/** Rows between two places, both included, whichever comes first. */
export function between(keys: readonly string[], from: string, to: string): string[] {
    const [a, b] = [keys.indexOf(from), keys.indexOf(to)];
    if (a < 0 || b < 0) return b < 0 ? [] : [to];
    return keys.slice(Math.min(a, b), Math.max(a, b) + 1);
}

export function toggled(selected: ReadonlySet<string>, key: string): Set<string> {
    const next = new Set(selected);
    if (!next.delete(key)) next.add(key);
    return next;
}

/** A table as spreadsheets paste it. Cells that hold tabs, line ends or quotes are quoted; none can be read as a formula. */
export function asTable<T>(columns: readonly Columns<T>[], rows: readonly T[]): string {
    const written = columns.filter((column) => column.text);
    const lines = [written.map((column) => column.header), ...rows.map((row) => written.map((column) => column.text?.(row) ?? ""))];
    return lines.map((cells) => cells.map(cell).join("\t")).join("\n");
}

function cell(text: string): string {
    const safe = /^[=+@\t\r]/.test(text) || (/^-/.test(text) && !/^-[\d.,]+$/.test(text)) ? `'${text}` : text;
    return /[\t\n\r"]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
