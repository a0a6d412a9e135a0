// The day of each person as bars over time. Filters dim here, they hide nothing; what crosses is framed and named.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useVirtualizer } from "@tanstack/react-virtual";
import { CalendarX, TriangleAlert } from "lucide-react";
import { memo, type ReactNode, useMemo, useRef, useState } from "react";
import { type Format, useFormat } from "~/app/format";
import { Status, useWidth } from "~/ui";
import { type Face, FAMILY, face, isOver, isWorking, lateMinutes, type Placed } from "./model";
import type { Task, Timesheet } from "./queries";
import type { Board, Lane } from "./useBoard";
import { ICONS, titleOf, useWords, type Words } from "./words";

const HOUR = 3_600_000;
/** The column of names, in pixels, as `board.css` has it on a wide screen: on a narrower one lanes are a little wider. */
const NAME = 184;
/** A bar narrower than these keeps the end of its number, or its picture alone; a wider one has its kind, too. */
const [FOR_END, FOR_NUMBER, FOR_KIND] = [37, 58, 100];

type AxisProps = {
    board: Board;
    current?: string;
    onOpen: (task: Task) => void;
    /** Tasks were dropped on a person, at a time. */
    onDrop?: (person: Lane["person"], at: number) => void;
    onDragStart?: (task: Task, event: React.DragEvent) => void;
    head?: ReactNode;
};

export const Axis = memo(function Axis({ board, current, onOpen, onDrop, onDragStart, head }: AxisProps) {
    const { t } = useLingui();
    const format = useFormat();
    const box = useRef<HTMLDivElement>(null);
    const words = useWords();
    const { rows, now, from, until, pass, ofDay } = board;
    const wide = useWidth(box) - NAME;
    const hours = useMemo(() => hoursOf(rows, from, until), [rows, from, until]);
    const dimmed = useMemo(() => new Set(ofDay.filter((task) => !pass(task)).map((task) => task.id)), [ofDay, pass]);
    const shifts = useMemo(() => new Map((board.shifts ?? []).map((sheet) => [sheet.employee, sheet])), [board.shifts]);
    const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => box.current, estimateSize: (place) => (rows[place]?.bars.two ? 58 : 36), getItemKey: (place) => rows[place]?.person.id ?? place, overscan: 6 });
    useMemo(() => virtual.measure(), [rows, virtual]);
    const ticks = Array.from({ length: hours.count - 1 }, (_, place) => hours.first + place + 1);
    const nowHour = (now - from) / HOUR;
    const shown = dimmed.size;
    const named = (timeZoneName: "shortOffset" | "shortGeneric") => new Intl.DateTimeFormat(format.locale, { timeZone: format.zone, timeZoneName }).formatToParts(now).find((part) => part.type === "timeZoneName")?.value ?? "";
    const zone = named("shortGeneric");
    return (
        <section className="pane axis" aria-label={t`Técnicos`} style={{ "--from": hours.first, "--hours": hours.count } as React.CSSProperties}>
            <div className="pane-head">
                <h2>
                    <Trans>Técnicos</Trans> <span className="n">{rows.length}</span>
                </h2>
                <small className="axis-order">
                    <Trans>Primero quien necesita algo</Trans>
                </small>
                <span className="grow" />
                {shown > 0 && <small>{plural(shown, { one: "Los filtros atenúan aquí: # tarea", other: "Los filtros atenúan aquí: # tareas" })}</small>}
                {head}
            </div>
            <div ref={box} className="ax-scroll">
                <div className="ax-head">
                    <div className="ax-who">
                        {zone.slice(0, 1).toLocaleUpperCase(format.locale)}
                        {zone.slice(1)} ({named("shortOffset").replace("-", "−")})
                    </div>
                    <div className="lane">
                        {ticks.map((hour) => (
                            <span key={hour} style={at(hour, hour)}>
                                {hour % 24}
                            </span>
                        ))}
                        {nowHour > hours.first && nowHour < hours.first + hours.count && (
                            <b className="now-word" style={at(nowHour, nowHour)}>
                                {format.time(now)}
                            </b>
                        )}
                    </div>
                </div>
                <div className="ax-grid" role="list" style={{ height: virtual.getTotalSize() }}>
                    {nowHour > hours.first && nowHour < hours.first + hours.count && <div className="now" style={{ "--n": nowHour } as React.CSSProperties} />}
                    {virtual.getVirtualItems().map((item) => {
                        const row = rows[item.index];
                        if (!row) return null;
                        return (
                            <div key={item.key} role="listitem" className={`ax-row${row.bars.two ? " two" : ""}`} style={{ transform: `translateY(${item.start}px)`, height: item.size }}>
                                <Row row={row} from={from} now={now} hours={hours} wide={wide} words={words} format={format} dimmed={dimmed} current={row.tasks.some((task) => task.id === current) ? current : undefined} sheet={shifts.get(row.person.id)} onOpen={onOpen} onDrop={onDrop} onDragStart={onDragStart} />
                            </div>
                        );
                    })}
                </div>
            </div>
        </section>
    );
});

type Hours = { first: number; count: number };

const at = (start: number, end: number) => ({ "--s": start, "--e": end }) as React.CSSProperties;

/** From six to nineteen, and wider where somebody's work is. */
function hoursOf(rows: readonly Lane[], from: number, until: number): Hours {
    let [first, last] = [6, 19];
    for (const row of rows) {
        for (const bar of row.bars.placed) {
            first = Math.min(first, Math.floor((Math.max(bar.from, from) - from) / HOUR));
            last = Math.max(last, Math.ceil((Math.min(bar.until, until) - from) / HOUR));
        }
    }
    return { first, count: Math.max(1, last - first) };
}

type RowProps = { row: Lane; from: number; now: number; hours: Hours; wide: number; words: Words; format: Format; dimmed: ReadonlySet<string>; current?: string; sheet?: Timesheet; onOpen: (task: Task) => void; onDrop?: AxisProps["onDrop"]; onDragStart?: AxisProps["onDragStart"] };

const Row = memo(function Row({ row, from, now, hours, wide, words, format, dimmed, current, sheet, onOpen, onDrop, onDragStart }: RowProps) {
    const [over, setOver] = useState(false);
    const lane = useRef<HTMLDivElement>(null);
    const inHours = (instant: number) => Math.max(hours.first, Math.min(hours.first + hours.count, (instant - from) / HOUR));
    return (
        <>
            <div className="ax-who">
                <b className="cut" title={row.person.name} dir="auto">
                    {row.person.name}
                </b>
                <PersonState row={row} now={now} sheet={sheet} />
            </div>
            <div
                ref={lane}
                className={`lane${over ? " is-over" : ""}`}
                onDragOver={
                    onDrop &&
                    ((event) => {
                        event.preventDefault();
                        event.dataTransfer.dropEffect = "move";
                        setOver(true);
                    })
                }
                onDragLeave={() => setOver(false)}
                onDrop={
                    onDrop &&
                    ((event) => {
                        event.preventDefault();
                        setOver(false);
                        const edge = lane.current?.getBoundingClientRect();
                        const share = edge ? (event.clientX - edge.left) / edge.width : 0;
                        onDrop(row.person, from + (hours.first + share * hours.count) * HOUR);
                    })
                }
            >
                {row.absence && (
                    <span className="abs" style={at(hours.first, hours.first + hours.count)}>
                        <CalendarX size={13} aria-hidden />
                        <span>{row.absence}</span>
                    </span>
                )}
                <Shift sheet={sheet} inHours={inHours} now={now} />
                {row.bars.placed.map((bar) => (
                    <Bar key={bar.task.id} bar={bar} start={inHours(bar.from)} end={inHours(bar.until)} pixels={((inHours(bar.until) - inHours(bar.from)) / hours.count) * wide} words={words} format={format} now={now} current={bar.task.id === current} dim={dimmed.has(bar.task.id)} onOpen={onOpen} onDragStart={onDragStart} />
                ))}
                {row.bars.crossings.map((crossing) => (
                    <Crossing key={crossing.from} start={inHours(crossing.from)} end={inHours(crossing.until)} minutes={crossing.minutes} />
                ))}
            </div>
        </>
    );
});

function Crossing({ start, end, minutes }: { start: number; end: number; minutes: number }) {
    const format = useFormat();
    return (
        <>
            <span className="cross" style={at(start, end)} />
            <span className="st st-late cross-word" style={at(start, end)}>
                <TriangleAlert size={12} aria-hidden />
                <Trans>Se cruzan {format.minutes(minutes)}</Trans>
            </span>
        </>
    );
}

/** What the person clocked: the time worked as a line below the bars, breaks as gaps in it. */
function Shift({ sheet, inHours, now }: { sheet?: Timesheet; inHours: (instant: number) => number; now: number }) {
    const shifts = (sheet?.days ?? []).flatMap((day) => (day.now ?? day).shifts);
    return shifts.map((shift) => {
        const begin = Date.parse(shift.start.at);
        const end = shift.end ? Date.parse(shift.end.at) : now;
        return (
            <span key={shift.start.at} className="shift" style={at(inHours(begin), inHours(end))}>
                {(shift.breaks ?? []).map((pause) => {
                    const [a, b] = [Date.parse(pause.start.at), pause.end ? Date.parse(pause.end.at) : now];
                    const whole = Math.max(1, end - begin);
                    return <i key={pause.start.at} style={{ left: `${((a - begin) / whole) * 100}%`, width: `${((b - a) / whole) * 100}%` }} />;
                })}
            </span>
        );
    });
}

function PersonState({ row, now, sheet }: { row: Lane; now: number; sheet?: Timesheet }) {
    const { t } = useLingui();
    const format = useFormat();
    const { worst } = row;
    const working = row.tasks.find(isWorking);
    const pause = sheet?.days.at(-1)?.shifts.at(-1)?.breaks?.find((one) => !one.end);
    const refused = row.tasks.filter((task) => face(task, now) === "refused").length;
    const aside = row.tasks.filter((task) => face(task, now) === "attention").length;
    if (worst && face(worst, now) === "late") {
        return (
            <Status family="late" icon={ICONS.late}>
                <Trans>Atrasada {format.minutes(lateMinutes(worst, now))}</Trans>
            </Status>
        );
    }
    if (refused > 0) {
        return (
            <Status family="refused" icon={ICONS.refused}>
                {plural(refused, { one: "# rechazada", other: "# rechazadas" })}
            </Status>
        );
    }
    if (aside > 0) {
        return (
            <Status family="set-aside" icon={ICONS.attention}>
                {plural(aside, { one: "# apartada", other: "# apartadas" })}
            </Status>
        );
    }
    if (pause) return <small>{t`En pausa desde ${format.time(pause.start.at)}`}</small>;
    if (working) {
        return (
            <Status family="working" icon={ICONS.working}>
                {working.progress.started_at ? t`En curso desde ${format.time(working.progress.started_at)}` : t`En curso`}
            </Status>
        );
    }
    const open = row.tasks.filter((task) => !isOver(task)).length;
    if (row.absence) return <small className="cut" title={row.absence} dir="auto">{row.absence}</small>;
    if (open > 0) return <small>{plural(open, { one: "Le queda # tarea", other: "Le quedan # tareas" })}</small>;
    return <small>{row.tasks.length > 0 ? t`Todo hecho` : t`Libre`}</small>;
}

type BarProps = { bar: Placed; start: number; end: number; pixels: number; words: Words; format: Format; now: number; current: boolean; dim: boolean; onOpen: (task: Task) => void; onDragStart?: AxisProps["onDragStart"] };

// A day of two hundred people has thousands of these: as few parts as can be, and nothing that each finds out alone.
const Bar = memo(function Bar({ bar, start, end, pixels, words, format, now, current, dim, onOpen, onDragStart }: BarProps) {
    const { task } = bar;
    const is: Face = face(task, now);
    const Icon = ICONS[is];
    const number = String(task.task_number ?? "");
    const kind = task.links?.type?.name;
    const name = `${[number, kind].filter(Boolean).join(" ")} · ${words.face[is]} · ${format.time(bar.from)}–${format.time(bar.until)} · ${titleOf(task)}`;
    const classes = ["bar", `bar-${FAMILY[is]}`, bar.two ? (bar.lane === 0 ? "up" : "down") : "", current ? "is-selected" : "", dim ? "is-dim" : ""];
    return (
        <button type="button" className={classes.filter(Boolean).join(" ")} style={at(start, end)} title={name} aria-label={name} aria-pressed={current} draggable={onDragStart ? true : undefined} onDragStart={onDragStart && ((event) => onDragStart(task, event))} onClick={() => onOpen(task)}>
            <Icon size={13} aria-hidden />
            {pixels > FOR_END && <span className="said">{pixels > FOR_KIND && kind ? `${number} ${kind}` : pixels > FOR_NUMBER ? number : number.slice(-3)}</span>}
        </button>
    );
});
