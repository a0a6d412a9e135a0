// The timesheets of a span, what of them passes the filter, and how often each mark is there.
import { useSuspenseQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { useFormat } from "~/app/format";
import { hoursOf, type Mark, marksOf } from "./model";
import { timesheetsQuery } from "./queries";
import type { Search } from "./routes";

export function useSheets(from: string, to: string, search: Search) {
    const format = useFormat();
    const sheets = useSuspenseQuery(timesheetsQuery(from, to, search.grupo)).data;
    const [now, setNow] = useState(() => Date.now());
    useEffect(() => {
        const timer = setInterval(() => setNow(Date.now()), 60_000);
        return () => clearInterval(timer);
    }, []);
    const today = format.day(now);
    const counts = useMemo(() => {
        const found = new Map<Mark, number>();
        for (const mark of sheets.flatMap((sheet) => sheet.days.flatMap((day) => marksOf(day, today)))) found.set(mark, (found.get(mark) ?? 0) + 1);
        return found;
    }, [sheets, today]);
    const shown = useMemo(() => (search.marcas ? sheets.filter((sheet) => sheet.days.some((day) => marksOf(day, today).includes(search.marcas as Mark))) : sheets), [sheets, search.marcas, today]);
    const hours = useMemo(() => hoursOf(sheets, today, now), [sheets, today, now]);
    return { sheets, shown, counts, hours, today, now };
}
