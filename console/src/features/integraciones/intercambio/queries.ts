// What the pages of the exchange of files ask the server.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { type Schemas, answer, api, everyPage, idempotencyKey, ifMatch } from "~/api/client";

export type Received = Schemas["ReceivedFile"];
export type Intake = Schemas["Intake"];
export type Export = Schemas["Export"];
export type Run = Schemas["ExportRun"];
export type Login = Schemas["ExchangeLogin"];
export type Key = Schemas["Key"];
export type Remote = Schemas["Remote"];
export type RemoteTrial = Schemas["RemoteTrialResult"];
export type Agent = Schemas["Agent"];
export type EnrolmentCode = Schemas["EnrolmentCode"];
export type KeyedLogin = Login & { key: Key };

const whole = (after: string | undefined) => ({ params: { query: { after, limit: 500 } } });
const merge = { "Content-Type": "application/merge-patch+json" };

export const receivedQuery = (filter: { state?: string; intake?: string }) =>
    infiniteQueryOptions({
        queryKey: ["received", "list", filter],
        queryFn: ({ pageParam, signal }) => answer(api.GET("/v1/received-files", { params: { query: { ...filter, after: pageParam, limit: 100 } }, signal })),
        initialPageParam: undefined as string | undefined,
        getNextPageParam: (page) => page.next ?? undefined,
    });

export const retryFile = (file: string) => answer(api.POST("/v1/received-files/{file}/retry", { params: { path: { file } } }));
export const dismissFile = (file: string) => answer(api.POST("/v1/received-files/{file}/dismiss", { params: { path: { file } } }));

export const intakesQuery = () => queryOptions({ queryKey: ["intakes", "all"], queryFn: () => everyPage<Intake>((after) => answer(api.GET("/v1/intakes", whole(after)))) });
const intakeAt = (intake: string) => ({ path: { intake } });
export const makeIntake = (body: unknown, once = idempotencyKey()) => answer(api.POST("/v1/intakes", { params: { header: once }, body: body as never }));
export const oneIntake = (intake: string) => answer(api.GET("/v1/intakes/{intake}", { params: intakeAt(intake) }));
export const changeIntake = (intake: string, changes: unknown, version: number) => answer(api.PATCH("/v1/intakes/{intake}", { params: { ...intakeAt(intake), header: ifMatch(version) }, body: changes as never, headers: merge }));
export const removeIntake = (intake: string, version: number) => answer(api.DELETE("/v1/intakes/{intake}", { params: { ...intakeAt(intake), header: ifMatch(version) } }));

export const templatesQuery = () => queryOptions({ queryKey: ["templates", "all"], queryFn: () => everyPage<Schemas["ImportTemplate"]>((after) => answer(api.GET("/v1/import-templates", whole(after)))) });
export const formsQuery = () => queryOptions({ queryKey: ["definitions", "forms"], queryFn: () => everyPage<Schemas["KeptFormDefinition"]>((after) => answer(api.GET("/v1/forms", whole(after)))) });
export const keysQuery = () => queryOptions({ queryKey: ["keys", "all"], queryFn: () => everyPage<Key>((after) => answer(api.GET("/v1/keys", whole(after)))) });

export const exportsQuery = () => queryOptions({ queryKey: ["exports", "all"], queryFn: () => everyPage<Export>((after) => answer(api.GET("/v1/exports", whole(after)))) });
export const exportFieldsQuery = (what: Export["what"]) => queryOptions({ queryKey: ["exports", "fields", what], queryFn: async () => (await answer(api.GET("/v1/exports/fields", { params: { query: { what } } }))).items, staleTime: Number.POSITIVE_INFINITY });
const exportAt = (name: string) => ({ path: { export: name } });
export const makeExport = (body: unknown, once = idempotencyKey()) => answer(api.POST("/v1/exports", { params: { header: once }, body: body as never }));
export const oneExport = (name: string) => answer(api.GET("/v1/exports/{export}", { params: exportAt(name) }));
export const changeExport = (name: string, changes: unknown, version: number) => answer(api.PATCH("/v1/exports/{export}", { params: { ...exportAt(name), header: ifMatch(version) }, body: changes as never, headers: merge }));
export const removeExport = (name: string, version: number) => answer(api.DELETE("/v1/exports/{export}", { params: { ...exportAt(name), header: ifMatch(version) } }));

export const runsQuery = (name: string) =>
    queryOptions({
        queryKey: ["exports", "runs", name],
        queryFn: async ({ signal }) => (await answer(api.GET("/v1/exports/{export}/runs", { params: { path: { export: name }, query: { limit: 50 } }, signal }))).items,
    });
export const runExport = (name: string) => answer(api.POST("/v1/exports/{export}/runs", { params: exportAt(name) }));
export const againRun = (run: string) => answer(api.POST("/v1/export-runs/{run}/again", { params: { path: { run } } }));
/** A file as it is answered; the document tells of its bytes as text. */
const bytes = async (answered: Promise<unknown>) => (await answered) as Blob;

export const runContent = (run: string) => bytes(answer(api.GET("/v1/export-runs/{run}/content", { params: { path: { run } }, parseAs: "blob" })));

export const runFilesQuery = (run: string) =>
    infiniteQueryOptions({
        queryKey: ["exports", "files", run],
        queryFn: ({ pageParam, signal }) => answer(api.GET("/v1/export-runs/{run}/files", { params: { path: { run }, query: { after: pageParam, limit: 100 } }, signal })),
        initialPageParam: undefined as string | undefined,
        getNextPageParam: (page) => page.next ?? undefined,
    });
export const runFileContent = (run: string, file: string) => bytes(answer(api.GET("/v1/export-runs/{run}/files/{file}/content", { params: { path: { run, file } }, parseAs: "blob" })));

/** The log-ins of all keys that may exchange files, each with its key. */
export const loginsQuery = () =>
    queryOptions({
        queryKey: ["keys", "logins"],
        queryFn: async (): Promise<KeyedLogin[]> => {
            const keys = (await everyPage<Key>((after) => answer(api.GET("/v1/keys", whole(after))))).filter((key) => key.permissions?.includes("use_file_exchange"));
            const lists = await Promise.all(keys.map((key) => answer(api.GET("/v1/keys/{key}/logins", { params: { path: { key: key.id } } }))));
            return lists.flatMap(({ items }, place) => items.map((login) => ({ ...login, key: keys[place] as Key })));
        },
    });
export const makeLogin = (key: string, body: Schemas["ExchangeLoginDraft"], once: ReturnType<typeof idempotencyKey>) => answer(api.POST("/v1/keys/{key}/logins", { params: { path: { key }, header: once }, body }));
export const removeLogin = (key: string, login: string) => answer(api.DELETE("/v1/keys/{key}/logins/{login}", { params: { path: { key, login } } }));

export const remotesQuery = () => queryOptions({ queryKey: ["remotes", "all"], queryFn: () => everyPage<Remote>((after) => answer(api.GET("/v1/remotes", whole(after)))) });
const remoteAt = (remote: string) => ({ path: { remote } });
export const makeRemote = (body: unknown, once = idempotencyKey()) => answer(api.POST("/v1/remotes", { params: { header: once }, body: body as never }));
export const oneRemote = (remote: string) => answer(api.GET("/v1/remotes/{remote}", { params: remoteAt(remote) }));
export const changeRemote = (remote: string, changes: unknown, version: number) => answer(api.PATCH("/v1/remotes/{remote}", { params: { ...remoteAt(remote), header: ifMatch(version) }, body: changes as never, headers: merge }));
export const removeRemote = (remote: string, version: number) => answer(api.DELETE("/v1/remotes/{remote}", { params: { ...remoteAt(remote), header: ifMatch(version) } }));
export const testRemote = (remote: string, write: boolean) => answer(api.POST("/v1/remotes/{remote}/test", { params: remoteAt(remote), body: { write } }));
export const lookAtRemote = (remote: string) => answer(api.POST("/v1/remotes/{remote}/look", { params: remoteAt(remote) }));
export const acceptRemote = (remote: string, fingerprint: string) => answer(api.POST("/v1/remotes/{remote}/accept", { params: remoteAt(remote), body: { fingerprint } }));

export const agentsQuery = () => queryOptions({ queryKey: ["agents", "all"], queryFn: () => everyPage<Agent>((after) => answer(api.GET("/v1/agents", whole(after)))) });
const agentAt = (agent: string) => ({ path: { agent } });
export const makeAgent = (body: unknown, once = idempotencyKey()) => answer(api.POST("/v1/agents", { params: { header: once }, body: body as never }));
export const oneAgent = (agent: string) => answer(api.GET("/v1/agents/{agent}", { params: agentAt(agent) }));
export const changeAgent = (agent: string, changes: unknown, version: number) => answer(api.PATCH("/v1/agents/{agent}", { params: { ...agentAt(agent), header: ifMatch(version) }, body: changes as never, headers: merge }));
export const removeAgent = (agent: string, version: number) => answer(api.DELETE("/v1/agents/{agent}", { params: { ...agentAt(agent), header: ifMatch(version) } }));
export const newCode = (agent: string) => answer(api.POST("/v1/agents/{agent}/enrolment", { params: agentAt(agent) }));

export const agentProgram = (agent: string, system: "windows" | "linux") => bytes(answer(api.POST("/v1/agents/{agent}/download", { params: { path: { agent } }, body: { system }, parseAs: "blob" })));
