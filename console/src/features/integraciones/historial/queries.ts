// What the history of imports asks the server.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { type Schemas, answer, api, everyPage } from "~/api/client";
import { save } from "~/app/save";

export type Run = Schemas["ImportRun"];
export type Row = Schemas["ImportRow"];
export type Outcome = Schemas["RowOutcome"];
export type Author = Schemas["VersionAuthor"];

export const isOver = (run: Pick<Run, "state">): boolean => run.state === "done" || run.state === "failed" || run.state === "stopped";

export const runQuery = (id: string) =>
    queryOptions({
        queryKey: ["imports", "run", id],
        queryFn: ({ signal }) => answer(api.GET("/v1/imports/{import}", { params: { path: { import: id } }, signal })),
    });

export const runsQuery = () =>
    infiniteQueryOptions({
        queryKey: ["imports", "runs"],
        queryFn: ({ pageParam, signal }) => answer(api.GET("/v1/imports", { params: { query: { after: pageParam, limit: 100 } }, signal })),
        initialPageParam: undefined as string | undefined,
        getNextPageParam: (page) => page.next ?? undefined,
    });

/** Whether a file was imported before is looked for among these. */
export const latestRunsQuery = () =>
    queryOptions({ queryKey: ["imports", "latest"], queryFn: async ({ signal }) => (await answer(api.GET("/v1/imports", { params: { query: { limit: 200 } }, signal }))).items });

export const rowsQuery = (id: string, outcome?: string) =>
    infiniteQueryOptions({
        queryKey: ["imports", "rows", id, outcome],
        queryFn: ({ pageParam, signal }) => answer(api.GET("/v1/imports/{import}/rows", { params: { path: { import: id }, query: { outcome, after: pageParam, limit: 200 } }, signal })),
        initialPageParam: undefined as string | undefined,
        getNextPageParam: (page) => page.next ?? undefined,
    });

export const usersQuery = () =>
    queryOptions({ queryKey: ["users", "all"], queryFn: ({ signal }) => everyPage<Schemas["User"]>((after) => answer(api.GET("/v1/users", { params: { query: { after, limit: 500 } }, signal }))), staleTime: 300_000 });

export type ReceivedFile = Schemas["ReceivedFile"];

/** Files that arrived and need a person. */
export const heldBackQuery = () =>
    queryOptions({
        queryKey: ["received", "held-back"],
        queryFn: async ({ signal }) => {
            const of = async (state: string) => (await answer(api.GET("/v1/received-files", { params: { query: { state, limit: 50 } }, signal }))).items;
            const [parked, failed, unmatched] = await Promise.all([of("parked"), of("failed"), of("unmatched")]);
            return [...parked, ...failed, ...unmatched].sort((a, b) => b.received_at.localeCompare(a.received_at));
        },
    });

export type Which = "refused.xlsx" | "outcomes.xlsx" | "outcomes.csv";

/** Saves a file of an import, in the page's language, by a name that says which. */
export async function download(run: Pick<Run, "id" | "file_name">, which: Which, word: string): Promise<void> {
    const params = { path: { import: run.id } };
    const asked = {
        "refused.xlsx": () => api.GET("/v1/imports/{import}/refused.xlsx", { params, parseAs: "blob" }),
        "outcomes.xlsx": () => api.GET("/v1/imports/{import}/outcomes.xlsx", { params, parseAs: "blob" }),
        "outcomes.csv": () => api.GET("/v1/imports/{import}/outcomes.csv", { params, parseAs: "blob" }),
    };
    const file = (await answer<unknown>(asked[which]())) as Blob;
    save(file, `${run.file_name.replace(/\.[^.]*$/, "") || "import"} - ${word}${which.slice(which.lastIndexOf("."))}`);
}
