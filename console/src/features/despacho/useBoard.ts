// Everything that the parts of the board share: the day, the tasks, the people, one filter and one selection.
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { useFormat } from "~/app/format";
import { useMay } from "~/app/session";
import { type BoardSearch, type Filter, filterOf, passes } from "./filter";
import { bar, dayOf, face, isOver, isUnassigned, lanes, planned, urgentFirst } from "./model";
import { absencesQuery, overTasksQuery, employeesQuery, type Group, groupsQuery, shiftsQuery, openTasksQuery, type Task } from "./queries";

export type Person = { id: string; name: string; number: string; group?: string };
export type Lane = { person: Person; tasks: Task[]; bars: ReturnType<typeof lanes>; worst: Task | undefined; absence?: string };

/** The minute that it is: lateness changes by itself. */
export function useNow(): number {
    const [now, setNow] = useState(() => Date.now());
    useEffect(() => {
        const timer = setInterval(() => setNow(Date.now()), 30_000);
        return () => clearInterval(timer);
    }, []);
    return now;
}

export type Board = ReturnType<typeof useBoard>;

/** The part of the address that says what the board holds. */
export type View = Filter & Pick<BoardSearch, "dia">;

export function useBoard(view: View) {
    const format = useFormat();
    const now = useNow();
    const today = format.day(now);
    const day = view.dia ?? today;
    const [from, until] = useMemo(() => dayOf(day, format.zone), [day, format.zone]);
    const mayPeople = useMay("view_employees");
    const open = useSuspenseQuery(openTasksQuery());
    const over = useQuery({ ...overTasksQuery(from, until), placeholderData: (before) => before });
    const all = useMemo(() => joined(open.data, over.data ?? []), [open.data, over.data]);
    const employees = useQuery({ ...employeesQuery(), enabled: mayPeople });
    const groups = useQuery({ ...groupsQuery(), enabled: mayPeople });
    const absences = useQuery({ ...absencesQuery(), enabled: mayPeople });
    const shifts = useQuery({ ...shiftsQuery(day), enabled: useMay("view_timesheets") });
    const filter = useMemo(() => filterOf(view), [view]);
    const members = useMemo(() => (filter.grupo && groups.data && employees.data ? membersOf(filter.grupo, groups.data, employees.data) : undefined), [filter.grupo, groups.data, employees.data]);

    const ofDay = useMemo(
        () =>
            all.filter((task) => {
                if (task.state === "deleted") return false;
                const span = bar(task, now) ?? planned(task);
                if (!span) return !isOver(task) || format.day(task.progress.since) === day;
                if (span.until > from && span.from < until) return true;
                // What is late follows the dispatcher to today.
                return day === today && !isOver(task) && span.from < from;
            }),
        [all, now, from, until, day, today, format],
    );
    const pass = useMemo(() => passes(filter, members, now), [filter, members, now]);
    const listed = useMemo(() => urgentFirst(ofDay.filter(pass), now), [ofDay, pass, now]);
    const tray = useMemo(() => listed.filter(isUnassigned), [listed]);
    const people = useMemo(() => peopleOf(employees.data, all), [employees.data, all]);
    const away = useMemo(() => absenceOf(absences.data ?? [], day), [absences.data, day]);
    const rows = useMemo(() => lanesOf(people, ofDay, members, filter.tecnico, from, until, now, away), [people, ofDay, members, filter.tecnico, from, until, now, away]);
    const byId = useMemo(() => new Map(all.map((task) => [task.id, task])), [all]);
    // One object while nothing of it changes: its parts are drawn anew only then.
    return useMemo(
        () => ({ now, today, day, from, until, filter, pass, ofDay, listed, tray, people, rows, byId, groups: groups.data, shifts: shifts.data }),
        [now, today, day, from, until, filter, pass, ofDay, listed, tray, people, rows, byId, groups.data, shifts.data],
    );
}

/** Of a task that both hold, the one that was changed last. */
function joined(open: readonly Task[], over: readonly Task[]): readonly Task[] {
    if (over.length === 0) return open;
    const all = new Map(over.map((task) => [task.id, task]));
    for (const task of open) {
        const known = all.get(task.id);
        if (!known || known.version < task.version || (known.version === task.version && known.progress.since <= task.progress.since)) all.set(task.id, task);
    }
    return [...all.values()];
}

function peopleOf(employees: { id: string; number: string; first_name?: string; last_name?: string; group: string; state?: string }[] | undefined, tasks: readonly Task[]): Person[] {
    if (employees) {
        return employees
            .filter((one) => one.state !== "deleted")
            .map((one) => ({ id: one.id, number: one.number, name: [one.first_name, one.last_name].filter(Boolean).join(" ") || one.number, group: one.group }));
    }
    const known = new Map<string, Person>();
    for (const task of tasks) for (const { employee, name, number } of task.progress.assignments) known.set(employee, { id: employee, name: name || number, number });
    return [...known.values()];
}

/** The employees of a group and of those below it. */
export function membersOf(group: string, groups: readonly Group[], employees: readonly { id: string; group: string }[]): Set<string> {
    const inside = new Set([group]);
    for (let grew = true; grew; ) {
        grew = false;
        for (const each of groups) {
            if (each.parent && inside.has(each.parent) && !inside.has(each.id)) {
                inside.add(each.id);
                grew = true;
            }
        }
    }
    return new Set(employees.filter((one) => inside.has(one.group)).map((one) => one.id));
}

type Absence = { name: string; whole_company?: boolean; employees?: string[]; groups?: string[]; from_date: string; to_date?: string | null; weekdays?: string[]; state?: string };
const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/** Why somebody is not there on a day. */
export function absenceOf(absences: readonly Absence[], day: string): (person: Person) => string | undefined {
    const weekday = WEEKDAYS[new Date(`${day}T12:00:00Z`).getUTCDay()] ?? "";
    const valid = absences.filter((one) => one.state !== "deleted" && one.from_date <= day && (one.to_date ?? one.from_date) >= day && (!one.weekdays?.length || one.weekdays.includes(weekday)));
    return (person) => valid.find((one) => one.whole_company || one.employees?.includes(person.id) || (person.group !== undefined && one.groups?.includes(person.group)))?.name;
}

const WORST: Record<string, number> = { attention: 0, refused: 1, late: 2, not_yet: 3, working: 5 };

function lanesOf(people: readonly Person[], tasks: readonly Task[], members: ReadonlySet<string> | undefined, only: string | undefined, from: number, until: number, now: number, away: (person: Person) => string | undefined): Lane[] {
    const having = new Map<string, Task[]>();
    for (const task of tasks) {
        for (const { employee } of task.progress.assignments) {
            const list = having.get(employee);
            if (list) list.push(task);
            else having.set(employee, [task]);
        }
    }
    const rows = people
        .filter((person) => (!members || members.has(person.id)) && (!only || person.id === only))
        .map((person) => {
            const own = having.get(person.id) ?? [];
            const shown = own.filter((task) => {
                const span = bar(task, now);
                return span !== undefined && span.until > from && span.from < until;
            });
            const worst = urgentFirst(own, now)[0];
            return { person, tasks: own, bars: lanes(shown, now), worst, absence: away(person) };
        });
    const rank = (row: Lane) => (row.bars.crossings.length > 0 ? 2.5 : row.worst ? (WORST[face(row.worst, now)] ?? 6) : row.absence ? 9 : 8);
    const compare = new Intl.Collator("es").compare;
    return rows.map((row) => ({ row, rank: rank(row) })).sort((a, b) => a.rank - b.rank || compare(a.row.person.name, b.row.person.name)).map(({ row }) => row);
}
