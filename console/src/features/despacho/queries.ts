// What the board asks the server. The first word of each key is the topic by which the live stream says it changed.
import { infiniteQueryOptions, queryOptions, replaceEqualDeep } from "@tanstack/react-query";
import { type Schemas, answer, api, everyPage } from "~/api/client";
import { queries } from "~/app/queries";

export type Task = Schemas["TaskShown"];
export type Employee = Schemas["KeptEmployee"];
export type Group = Schemas["KeptGroup"];
export type TaskType = Schemas["KeptTaskType"];
export type Timesheet = Schemas["Timesheet"];
export type TaskEntry = Schemas["TaskEntry"];
export type Entry = Schemas["EntryShown"];

/** The most that a page of a list holds. */
const PAGE = 500;

/** What is not over, by id, and what ended since all of it was asked for. After the first time only what changed is asked for. */
let openTasks: { all: Map<string, Task>; shown: Task[]; asked: number; whole: number } | null = null;
queries.getQueryCache().subscribe(({ type, query }) => {
    if (type === "removed" && query.queryKey[1] === "open") openTasks = null;
});

/** Two clocks and what was under way: asked again from a little before. */
const OVERLAP_MS = 60_000;
/** As often everything is asked for anew, for what no change tells of. */
const WHOLE_MS = 600_000;

async function readOpen(signal: AbortSignal): Promise<Task[]> {
    const asked = Date.now();
    const since = openTasks && asked - openTasks.whole < WHOLE_MS ? new Date(openTasks.asked - OVERLAP_MS).toISOString() : undefined;
    const filter = since ? { changed_after: since } : { open: true };
    const found = await everyPage<Task>((after) => answer(api.GET("/v1/tasks", { params: { query: { ...filter, after, limit: PAGE } }, signal })));
    const before = openTasks;
    const all = since && before ? new Map(before.all) : new Map<string, Task>();
    // What says the same stays the same object, so that nothing is drawn anew for it.
    let same = since !== undefined && before !== null;
    for (const task of found) {
        const known = before?.all.get(task.id);
        const shared = known ? replaceEqualDeep(known, task) : task;
        if (shared !== known) same = false;
        if (task.state === "deleted") all.delete(task.id);
        else all.set(task.id, shared);
    }
    const shown = same && before ? before.shown : [...all.values()];
    openTasks = { all, shown, asked, whole: since && before ? before.whole : asked };
    return shown;
}

/** Everything that is not over, whatever its day. */
export const openTasksQuery = () => queryOptions({ queryKey: ["tasks", "open"], queryFn: ({ signal }) => readOpen(signal), structuralSharing: false });

/** What a day was about and is over. */
export const overTasksQuery = (from: number, until: number) =>
    queryOptions({
        queryKey: ["tasks", "over", from, until],
        queryFn: ({ signal }) => everyPage<Task>((after) => answer(api.GET("/v1/tasks", { params: { query: { ...planned(from, until), open: false, after, limit: PAGE } }, signal }))),
    });

/** What a calendar shows of these hours: also what began before them, or ends after them. */
const planned = (from: number, until: number) => ({ planned_from: new Date(from).toISOString(), planned_until: new Date(until).toISOString() });

export const employeesQuery = () =>
    queryOptions({
        queryKey: ["employees", "all"],
        queryFn: ({ signal }) => everyPage<Employee>((after) => answer(api.GET("/v1/employees", { params: { query: { after, limit: PAGE } }, signal }))),
        staleTime: 300_000,
    });

export const groupsQuery = () =>
    queryOptions({
        queryKey: ["groups", "all"],
        queryFn: ({ signal }) => everyPage<Group>((after) => answer(api.GET("/v1/groups", { params: { query: { after, limit: PAGE } }, signal }))),
        staleTime: 300_000,
    });

export const taskTypesQuery = () =>
    queryOptions({
        queryKey: ["definitions", "task-types"],
        queryFn: ({ signal }) => everyPage<TaskType>((after) => answer(api.GET("/v1/task-types", { params: { query: { after, limit: PAGE } }, signal }))),
        staleTime: 300_000,
    });

export const absencesQuery = () =>
    queryOptions({
        queryKey: ["employees", "non-working-days"],
        queryFn: ({ signal }) => everyPage<Schemas["NonWorkingDays"]>((after) => answer(api.GET("/v1/non-working-days", { params: { query: { after, limit: PAGE } }, signal }))),
        staleTime: 300_000,
    });

export const shiftsQuery = (day: string) =>
    queryOptions({
        queryKey: ["timesheets", "board", day],
        queryFn: ({ signal }) => everyPage<Timesheet>((after) => answer(api.GET("/v1/timesheets", { params: { query: { date: day, after, limit: 100 } }, signal }))),
    });

export const taskQuery = (id: string) =>
    queryOptions({
        queryKey: ["tasks", "one", id],
        queryFn: async ({ signal }): Promise<Task> => answer(api.GET("/v1/tasks/{reference}", { params: { path: { reference: id } }, signal })),
    });

export const historyQuery = (id: string) =>
    queryOptions({
        queryKey: ["tasks", "history", id],
        queryFn: ({ signal }) => everyPage<TaskEntry>((after) => answer(api.GET("/v1/tasks/{reference}/history", { params: { path: { reference: id }, query: { after, limit: PAGE } }, signal }))),
    });

export const versionsQuery = (id: string) =>
    queryOptions({
        queryKey: ["tasks", "versions", id],
        queryFn: ({ signal }) => everyPage<Schemas["TaskVersion"]>((after) => answer(api.GET("/v1/tasks/{reference}/versions", { params: { path: { reference: id }, query: { after } }, signal }))),
    });

export const phonesQuery = (id: string) =>
    queryOptions({
        queryKey: ["tasks", "phones", id],
        queryFn: async ({ signal }) => (await answer(api.GET("/v1/tasks/{reference}/phones", { params: { path: { reference: id } }, signal }))).items,
    });

export const filesQuery = (id: string) =>
    queryOptions({
        queryKey: ["tasks", "files", id],
        queryFn: async ({ signal }) => (await answer(api.GET("/v1/tasks/{reference}/files", { params: { path: { reference: id } }, signal }))).items,
    });

/** What phones captured for a task: photos, forms, places. */
export const entriesQuery = (id: string) =>
    queryOptions({
        queryKey: ["tasks", "entries", id],
        queryFn: ({ signal }) => everyPage<Entry>((after) => answer(api.GET("/v1/entries", { params: { query: { task: id, after, limit: PAGE } }, signal }))),
    });

export const formsQuery = () =>
    queryOptions({
        queryKey: ["definitions", "forms"],
        queryFn: ({ signal }) => everyPage<Schemas["KeptFormDefinition"]>((after) => answer(api.GET("/v1/forms", { params: { query: { after, limit: PAGE } }, signal }))),
        staleTime: 300_000,
    });

export const poisQuery = (text: string) =>
    infiniteQueryOptions({
        queryKey: ["pois", "find", text],
        queryFn: ({ pageParam, signal }) => answer(api.GET("/v1/pois", { params: { query: { q: text || undefined, after: pageParam, limit: 50 } }, signal })),
        initialPageParam: undefined as string | undefined,
        getNextPageParam: (page) => page.next ?? undefined,
    });
